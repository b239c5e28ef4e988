import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { afterEach, expect, test } from 'vitest';
import { configJsonSchema } from '../../src/cli/config/schema.ts';
import { Project } from './run.ts';

const warns = 'events {}\nhttp {\n    ssl_protocols TLSv1;\n}\n';

let project: Project | undefined;
const create = (files: Record<string, string>): Project => (project = new Project(files));
afterEach(() => project?.remove());

test('severities, families and options of rules', async () => {
  const p = create({
    'a.conf': `${warns}worker_rlimit_nofile 2;\n`,
    'hopwright.config.json': JSON.stringify({
      target: '1.31.5',
      rules: { 'tls/*': 'error', 'tls/protocols': 'info' },
    }),
  });
  const { json, code } = await p.lint(['a.conf']);
  expect(json.target).toBe('1.31.5');
  expect(json.diagnostics.find((one: any) => one.code === 'tls/protocols').severity).toBe('info');
  expect(code).toBe(0);
  expect((await p.lint(['a.conf', '--no-config'])).json.target).toBe('any');
});

test('extends: the nearer file wins, and a circle is refused', async () => {
  const p = create({
    'a.conf': warns,
    'base.json': '{"target":"1.22.1","rules":{"tls/protocols":"off"}}',
    'hopwright.config.json': '{"extends":"base.json","target":"1.31.5"}',
    'circle.json': '{"extends":["circle.json"]}',
  });
  const { json } = await p.lint(['a.conf']);
  expect(json.target).toBe('1.31.5');
  expect(json.diagnostics).toEqual([]);
  expect((await p.run(['lint', 'a.conf', '--config', 'circle.json'])).err).toContain('leads back to itself');
});

test('overrides change severities by file', async () => {
  const p = create({
    'a.conf': warns,
    'old/b.conf': warns,
    'hopwright.config.json': JSON.stringify({
      rules: { 'tls/protocols': 'error' },
      overrides: [{ files: ['old/**'], rules: { 'tls/*': 'off' } }],
    }),
  });
  const { json } = await p.lint(['a.conf', 'old/b.conf']);
  expect(json.diagnostics.map((one: any) => one.file)).toEqual(['a.conf']);
});

test.each([
  ['{"targt":"1.31.5"}', 'unknown key "targt"'],
  ['{"rules":{"tls/protocols":"fatal"}}', 'rules["tls/protocols"]: '],
  ['{"overrides":[{"files":[]}]}', 'overrides[0].rules: '],
  ['{"target":"new"}', 'target: is neither a version'],
  ['{"target":', 'is not valid JSON'],
  ['{"rules":{"tls/nothing":"off"}}', 'no rule "tls/nothing"'],
  ['{"rules":{"limits/open-files":{"options":{"systemLimit":"x"}}}}', 'has to be a number'],
])('%s is refused with file and key', async (text, message) => {
  const p = create({ 'a.conf': warns, 'hopwright.config.json': text });
  const { code, err } = await p.run(['lint', 'a.conf']);
  expect(code).toBe(2);
  expect(err).toContain('hopwright.config.json');
  expect(err).toContain(message);
});

test('--print-config shows what was merged', async () => {
  const p = create({ 'hopwright.config.json': '{"rules":{"tls/*":"off"}}' });
  const { out, code } = await p.run(['lint', '--print-config', '--rule', 'tls/ciphers:error']);
  expect(code).toBe(0);
  const merged = JSON.parse(out);
  expect(merged.rules['tls/protocols'].severity).toBe('off');
  expect(merged.rules['tls/ciphers'].severity).toBe('error');
});

test('the published JSON Schema accepts and refuses what the reader does', () => {
  const validate = new Ajv({ strict: false }).compile(configJsonSchema());
  expect(
    validate({ extends: 'x.json', rules: { 'tls/*': 'off', a: { severity: 'info', options: { n: 1 } } } }),
  ).toBe(true);
  expect(validate({ rules: { x: 'fatal' } })).toBe(false);
  expect(validate({ unknown: 1 })).toBe(false);
});

test('the published schema is current: hopwright lint --config-schema > docs/hopwright.config.schema.json', async () => {
  const { out } = await create({}).run(['lint', '--config-schema']);
  expect(readFileSync(new URL('../../docs/hopwright.config.schema.json', import.meta.url), 'utf8')).toBe(out);
});
