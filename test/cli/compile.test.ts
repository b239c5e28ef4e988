import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, expect, test } from 'vitest';
import { parsePlan } from '../../src/3-plan/read.ts';
import { Project } from './run.ts';

const conf =
  'events {}\nhttp {\n    server {\n        listen 8080;\n        location / {\n            proxy_pass http://127.0.0.1:9;\n        }\n    }\n}\n';

let project: Project | undefined;
const create = (files: Record<string, string>): Project => (project = new Project(files));
afterEach(() => project?.remove());

test('the plan is written where -o says, folders included, and reads back', async () => {
  const p = create({ 'a.conf': conf });
  expect((await p.run(['compile', 'a.conf', '-o', 'out/plan.json'])).code).toBe(0);
  const plan = JSON.parse(readFileSync(path.join(p.folder, 'out/plan.json'), 'utf8'));
  expect(parsePlan(plan).ok).toBe(true);
  expect(plan.planVersion).toBe(1);
  expect(plan.prefix).toBe(`${p.folder}/`);
});

test('without -o it goes to standard output, and fits the printed JSON Schema', async () => {
  const p = create({ 'a.conf': conf });
  const { out } = await p.run(['compile', 'a.conf']);
  const schema = JSON.parse((await p.run(['compile', '--schema'])).out);
  const validate = new Ajv2020({ strict: false }).compile(schema);
  validate(JSON.parse(out));
  expect(validate.errors).toBeNull();
});

test('what nginx refuses is not compiled', async () => {
  const p = create({ 'a.conf': conf.replace('8080', '99999') });
  const { code, out, err } = await p.run(['compile', 'a.conf', '-o', 'plan.json']);
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toContain('invalid port');
  expect((await p.run(['compile'])).code).toBe(2);
  expect((await p.run(['compile', 'missing.conf'])).code).toBe(2);
});
