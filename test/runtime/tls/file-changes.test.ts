import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileChanges } from '../../../src/runtime/tls/file-changes.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-changes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('ssl_certificate_cache', () => {
  test('off: a change is seen at once', () => {
    const files = new FileChanges(null);
    const path = write('a', 'one');
    const before = files.stateOf(path, 0);
    write('a', 'other');
    expect(files.stateOf(path, 0)).not.toBe(before);
  });

  test('a change is seen when the time of being valid is over', () => {
    const files = new FileChanges({ max: 5, inactive: 100, valid: 2 });
    const path = write('b', 'one');
    const before = files.stateOf(path, 0);
    write('b', 'other');
    expect(files.stateOf(path, 2000)).toBe(before);
    expect(files.stateOf(path, 2001)).not.toBe(before);
  });

  test('the files used least recently leave, and those unused for long', () => {
    const files = new FileChanges({ max: 2, inactive: 1, valid: 100 });
    const [one, two, three] = ['c', 'd', 'e'].map((name) => write(name, 'one')) as [string, string, string];
    const states = [one, two].map((path) => files.stateOf(path, 0));
    for (const name of ['c', 'd']) write(name, 'other');
    files.stateOf(two, 10);
    files.stateOf(three, 20);
    expect(files.stateOf(two, 20)).toBe(states[1]);
    expect(files.stateOf(one, 20)).not.toBe(states[0]);
    files.stateOf(three, 1100);
    expect(files.stateOf(two, 1100)).not.toBe(states[1]);
  });
});
