import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CachePath } from '../../../src/3-plan/schema.ts';
import { CacheIndex } from '../../../src/engine/cache/cache-index.ts';
import { cacheFileName } from '../../../src/engine/cache/cache-key.ts';
import type { CacheZone } from '../../../src/engine/cache/zone.ts';
import { CacheZones } from '../../../src/runtime/cache/cache-zones.ts';
import { CacheLoader } from '../../../src/runtime/cache/loader.ts';
import { CacheManager } from '../../../src/runtime/cache/manager.ts';
import { zoneFiles } from '../../../src/runtime/cache/zone-files.ts';

const alone = { shared: false, keepsSize: true };
const now = 1_800_000_000;
let folder: string;
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-cache-'));
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function pathOf(changes: Partial<CachePath> = {}): CachePath {
  return {
    name: 'zone',
    size: 1024 * 1024,
    path: folder,
    levels: [1, 2],
    maxSize: null,
    minFree: 0,
    inactive: 600,
    useTempPath: true,
    loader: { files: 100, sleep: 50, threshold: 2000 },
    manager: { files: 2, sleep: 50, threshold: 2000 },
    origin: -1,
    ...changes,
  };
}

function zoneOf(changes: Partial<CachePath> = {}): CacheZone {
  const path = pathOf(changes);
  const files = zoneFiles(0, (message) => void log.push(message));
  return { path, index: new CacheIndex(path.size, path.inactive), files };
}

const hash = (digit: string): string => digit.repeat(32);

/** A file of 500 bytes for an entry. */
function put(name: string): string {
  const file = cacheFileName(folder, [1, 2], name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'x'.repeat(500));
  return file;
}

describe('the manager of a cache', () => {
  it('deletes what was not used for long, a few files at a time', () => {
    const zone = zoneOf();
    const files = ['1', '2', '3'].map((digit, at) => {
      zone.index.load(hash(digit), 4096, now + at);
      return put(hash(digit));
    });
    zone.index.load(hash('4'), 4096, now + 100);
    const manager = new CacheManager(zone, alone);
    expect(manager.round((now + 599) * 1000)).toBe(1000);
    expect(manager.round((now + 603) * 1000)).toBe(50);
    expect(files.map((file) => existsSync(file))).toEqual([false, false, true]);
    expect(manager.round((now + 603) * 1000)).toBe(10_000);
    expect([zone.index.count, zone.index.diskSize]).toEqual([1, 4096]);
    expect(log).toEqual([]);
  });

  it('deletes the longest unused while the files are too large, but not what is in use', () => {
    const zone = zoneOf({ maxSize: 8193 });
    const files = ['1', '2', '3'].map((digit) => {
      zone.index.load(hash(digit), 4096, now);
      return put(hash(digit));
    });
    zone.index.find(hash('1'))!.count = 1;
    new CacheManager(zone, alone).round(now * 1000);
    expect(files.map((file) => existsSync(file))).toEqual([true, false, true]);
  });

  it('leaves what another process has used', () => {
    const zone = zoneOf();
    const file = put(hash('1'));
    zone.index.load(hash('1'), 4096, now);
    utimesSync(file, now + 500, now + 500);
    const manager = new CacheManager(zone, { shared: true, keepsSize: false });
    manager.round((now + 600) * 1000);
    expect(existsSync(file)).toBe(true);
    manager.round((now + 1100) * 1000);
    expect(existsSync(file)).toBe(false);
  });
});

describe('the loader of a cache', () => {
  it('finds what an earlier process left, and deletes what is no file of a cache', async () => {
    const zone = zoneOf();
    put(hash('a'));
    const temporary = `${put(hash('b'))}.0000000001`;
    writeFileSync(temporary, '');
    writeFileSync(join(folder, 'README'), '');
    const small = put(hash('c'));
    writeFileSync(small, 'x');
    await new CacheLoader(zone, alone, (level, message) => void log.push(`${level}: ${message}`)).load();
    expect(['a', 'b', 'c'].map((digit) => zone.index.find(hash(digit)) !== null)).toEqual([
      true,
      true,
      false,
    ]);
    expect([temporary, join(folder, 'README'), small].map((file) => existsSync(file))).toEqual([
      true,
      false,
      false,
    ]);
    expect(log).toEqual([
      `crit: cache file "${small}" is too small`,
      expect.stringMatching(/^notice: http file cache: \/.* 0\.008M, bsize: \d+$/),
    ]);
  });
});

describe('the zones of a process', () => {
  it('keep what they know over a reload, and refuse to move', () => {
    const zones = new CacheZones();
    const first = zones.make([pathOf()], () => {});
    zones.tend(first, () => {});
    const second = zones.make([pathOf({ inactive: 5 })], () => {});
    expect(second.get('zone')!.index).toBe(first.get('zone')!.index);
    expect(() => zones.make([pathOf({ path: '/other' })], () => {})).toThrow(
      `cache "zone" uses the "/other" cache path while previously it used the "${folder}" cache path`,
    );
    expect(() => zones.make([pathOf({ levels: [] })], () => {})).toThrow(
      'cache "zone" had previously different levels',
    );
    zones.close();
  });
});
