import { describe, expect, it } from 'vitest';
import { NameTable } from '../../../src/engine/algorithms/name-table.ts';

describe('names with wildcards', () => {
  const table = new NameTable<string>();
  for (const name of ['a.test', '*.a.test', '*.b.a.test', 'www.*', 'www.b.*', '.both.test', '*.test'])
    table.add(name, name);

  it.each([
    ['a.test', 'a.test'],
    ['x.a.test', '*.a.test'],
    ['x.y.a.test', '*.a.test'],
    ['b.a.test', '*.a.test'],
    ['x.b.a.test', '*.b.a.test'],
    ['x.test', '*.test'],
    ['test', undefined],
    ['.test', '*.test'],
    ['www.c.d', 'www.*'],
    ['www.b.c', 'www.b.*'],
    ['www.', 'www.*'],
    ['www', undefined],
    ['both.test', '.both.test'],
    ['x.both.test', '.both.test'],
  ])('%s is %s', (name, found) => {
    expect(table.find(name)).toBe(found);
  });

  it('are found as fast in a name of many dots', () => {
    const started = performance.now();
    expect(table.find(`www${'.'.repeat(100_000)}x`)).toBe('www.*');
    expect(performance.now() - started).toBeLessThan(200);
  });
});
