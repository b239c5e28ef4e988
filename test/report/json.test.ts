import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { render } from './sample.ts';

const place = {
  file: { type: 'string' },
  line: { type: 'integer', minimum: 1 },
  column: { type: 'integer', minimum: 1 },
};
const strict = (properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

/** The shape that people and CI jobs depend on: it may grow, not change. */
const schema = strict({
  version: { const: 1 },
  tool: strict({ name: { const: 'hopwright' }, version: { type: 'string' } }),
  target: { type: 'string' },
  roots: {
    type: 'array',
    items: strict({
      file: { type: 'string' },
      nginx: {
        oneOf: [
          strict({ ok: { const: true } }),
          strict({
            ok: { const: false },
            level: { enum: ['emerg', 'alert', 'crit'] },
            message: { type: 'string' },
            file: { type: ['string', 'null'] },
            line: { type: ['integer', 'null'] },
          }),
        ],
      },
    }),
  },
  files: { type: 'array', items: { type: 'string' } },
  diagnostics: {
    type: 'array',
    items: strict({
      code: { type: 'string', pattern: '^[\\w-]+/[\\w-]+$' },
      severity: { enum: ['error', 'warning', 'info'] },
      message: { type: 'string' },
      detail: { type: 'string' },
      ...place,
      endLine: { type: 'integer' },
      endColumn: { type: 'integer' },
      related: { type: 'array', items: strict({ ...place, message: { type: 'string' } }) },
      fixes: {
        type: 'array',
        items: strict({
          title: { type: 'string' },
          edits: {
            type: 'array',
            items: strict({
              file: { type: 'string' },
              start: { type: 'integer' },
              end: { type: 'integer' },
              text: { type: 'string' },
            }),
          },
        }),
      },
      help: { type: ['string', 'null'] },
    }),
  },
  summary: strict({
    errors: { type: 'integer' },
    warnings: { type: 'integer' },
    infos: { type: 'integer' },
  }),
});

test('json has the stable shape', async () => {
  const document = JSON.parse(await render('json'));
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  validate(document);
  expect(validate.errors).toBeNull();
  expect(document.summary).toEqual({ errors: 1, warnings: 1, infos: 0 });
  expect(document.diagnostics[0]).toMatchObject({ line: 5, column: 9, endLine: 5, endColumn: 25 });
  expect(document.roots[0].nginx).toMatchObject({ ok: false, line: 5 });
});
