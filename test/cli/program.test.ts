import { afterEach, expect, test } from 'vitest';
import { Project } from './run.ts';

let project: Project | undefined;
const create = (files: Record<string, string>): Project => (project = new Project(files));
afterEach(() => project?.remove());

test.each(['lint', 'explain', 'compile', 'serve', 'rules'])(
  'the help of %s is in words for people',
  async (name) => {
    const { out, code } = await create({}).run(['help', name]);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: hopwright ${name}`);
    expect(out).not.toMatch(/default: (?:\[|\{|true|false)/);
  },
);

test.each([
  [['lint', '--nonsense'], "unknown option '--nonsense'; see hopwright help lint"],
  [['frob'], "unknown command 'frob'; see hopwright help"],
  [['explain'], "missing required argument 'conf'; see hopwright help explain"],
])('%j is answered with where to look', async (argv, message) => {
  const { err, code } = await create({}).run(argv);
  expect(code).toBe(2);
  expect(err).toBe(`hopwright: ${message}\n`);
});

test.each([
  ['{"planVersion":99}', 'it has plan version 99, this program reads 1: compile the configuration again'],
  ['{}', 'it has no "planVersion"'],
])('serve says why %s is no plan', async (text, why) => {
  const { err, code } = await create({ 'plan.json': text }).run(['serve', 'plan.json']);
  expect(code).toBe(2);
  expect(err).toBe(`hopwright: plan.json is no plan that can be served: ${why}\n`);
});

test.skipIf(process.getuid!() === 0)('folders that cannot be read are told of', async () => {
  const { chmodSync } = await import('node:fs');
  const p = create({ 'etc/nginx.conf': 'events {}\n', 'etc/keys/x.conf': 'server { }\n' });
  chmodSync(`${p.folder}/etc/keys`, 0);
  const part = await p.run(['lint', 'etc']);
  const whole = await p.run(['lint', 'etc/keys']);
  chmodSync(`${p.folder}/etc/keys`, 0o755);
  expect(part.err).toBe('hopwright: cannot read etc/keys: permission denied; left out\n');
  expect(part.code).toBe(0);
  expect(whole).toMatchObject({ code: 2, err: 'hopwright: cannot read etc/keys: permission denied\n' });
});
