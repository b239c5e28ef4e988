import { afterAll, describe, expect, test } from 'vitest';
import { rules } from '../../src/4-check/rules.generated.ts';
import { Project } from './run.ts';

const project = new Project({});
afterAll(() => project.remove());
const run = (...argv: string[]) => project.run(['rules', ...argv]);

describe('hopwright rules', () => {
  test('lists each rule with its severity and title', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    const listed = out.split('\n').map((line) => line.split(/ {2,}/));
    for (const { code: name, severity, title } of rules)
      expect(listed).toContainEqual([name, severity, title]);
    expect(out).toContain(`${rules.length} rules; hopwright rules CODE shows one\n`);
  });

  test('shows the page of one rule, plain when markdown is asked for', async () => {
    const plain = await run('ws/connection-header');
    const markdown = await run('ws/connection-header', '--format', 'markdown');
    expect(plain.out).toMatch(/^ws\/connection-header/);
    expect(markdown.out).toMatch(/^# /);
    expect(markdown.out).toContain('## Why it matters');
  });

  test('gives JSON, of all rules and of one', async () => {
    const list = JSON.parse((await run('--format', 'json')).out);
    expect(list.rules).toHaveLength(rules.length);
    expect(JSON.parse((await run('tls/ciphers', '--format', 'json')).out)).toMatchObject({
      version: 1,
      code: 'tls/ciphers',
      severity: 'warning',
    });
  });

  test.each([
    ['connection-header', 'no rule "connection-header"; did you mean ws/connection-header?'],
    ['frob', 'no rule "frob"; hopwright rules lists them'],
    ['nginx/no-events', 'nginx/no-events is what nginx itself says, not a rule; its message tells the rest'],
  ])('says what to do about %s', async (code, message) => {
    expect(await run(code)).toEqual({ code: 2, out: '', err: `hopwright: ${message}\n` });
  });
});
