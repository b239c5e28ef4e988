import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { expect, test } from 'vitest';
import { render } from './sample.ts';
import { sarifSchema } from './sarif-schema.ts';

// ajv-formats is CommonJS: its function is the default of the default under some loaders.
const addFormats = ((addFormatsModule as any).default ?? addFormatsModule) as (ajv: Ajv) => void;

test('sarif follows the 2.1.0 schema in everything it uses', async () => {
  const document = JSON.parse(await render('sarif'));
  const ajv = new Ajv({ allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile(sarifSchema);
  validate(document);
  expect(validate.errors).toBeNull();
});

test('sarif carries rule help, the chain of places and fixes', async () => {
  const [run] = JSON.parse(await render('sarif')).runs;
  const { rules } = run.tool.driver;
  expect(rules.map((rule: { id: string }) => rule.id)).toEqual(['nginx/x', 'ws/connection']);
  const result = run.results[1];
  expect(rules[result.ruleIndex].id).toBe(result.ruleId);
  expect(rules[result.ruleIndex].help.markdown).toBe('# A page');
  expect(result.locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'a%20b.conf', uriBaseId: 'PROJECT' },
    region: { startLine: 7, startColumn: 13, endLine: 7, endColumn: 51 },
  });
  expect(result.relatedLocations[0].message.text).toBe('this location');
  const [replacement] = result.fixes[0].artifactChanges[0].replacements;
  expect(replacement.deletedRegion).toEqual({ startLine: 7, startColumn: 52, endLine: 7, endColumn: 52 });
  expect(replacement.insertedContent.text).toContain('Connection $connection_upgrade');
});
