import { describe, expect, test } from 'vitest';
import { CacheIndex } from '../../../src/engine/cache/cache-index.ts';

describe('the index of a cache', () => {
  test('knows what was unused for the longest time', () => {
    const index = new CacheIndex(1024 * 1024, 10);
    const [a, b] = [index.add('a', 0), index.add('b', 1)];
    expect(index.oldest()).toBe(a);
    index.touch(a, 2);
    expect(index.oldest()).toBe(b);
    expect(a.expire).toBe(12);
    b.count = 1;
    expect(index.oldestUnused()).toBe(a);
  });

  test('adds up what the files take', () => {
    const index = new CacheIndex(1024 * 1024, 10);
    const node = index.add('a', 0);
    index.setFile(node, { unique: 1, diskSize: 4096, bodyStart: 1 });
    index.setFile(node, { unique: 2, diskSize: 8192, bodyStart: 1 });
    expect(index.diskSize).toBe(8192);
    index.load('b', 4096, 0);
    index.forget(node);
    expect(index.diskSize).toBe(4096);
    index.remove(index.find('b')!);
    expect([index.diskSize, index.count]).toEqual([0, 1]);
  });

  test('has room for about eight thousand keys in a megabyte, and wants an eighth free once it was full', () => {
    const index = new CacheIndex(1024 * 1024, 10);
    let number = 0;
    while (!index.full) index.add(String(number++), 0);
    expect(number).toBeGreaterThan(7900);
    expect(number).toBeLessThan(8200);
    index.setWatermark();
    expect(index.watermark).toBe(number - Math.floor(number / 8));
  });
});
