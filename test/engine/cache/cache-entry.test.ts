import { describe, expect, test } from 'vitest';
import type { EntryOptions } from '../../../src/engine/cache/cache-entry.ts';
import { CacheEntry } from '../../../src/engine/cache/cache-entry.ts';
import { CacheIndex } from '../../../src/engine/cache/cache-index.ts';
import { cacheKey } from '../../../src/engine/cache/cache-key.ts';
import type { CacheZone } from '../../../src/engine/cache/zone.ts';

const head = 'HTTP/1.1 200 OK\r\n\r\n';
const at = (seconds: number) => ({ seconds, milliseconds: seconds * 1000 });

/** A zone whose files are in memory. */
function memoryZone() {
  const files = new Map<string, string>();
  const log: string[] = [];
  let opened = 0;
  const zone: CacheZone = {
    path: {
      name: 'zone',
      size: 1024 * 1024,
      path: '/cache',
      levels: [1],
      maxSize: null,
      minFree: 0,
      inactive: 600,
      useTempPath: true,
      loader: { files: 100, sleep: 50, threshold: 200 },
      manager: { files: 100, sleep: 50, threshold: 200 },
      origin: -1,
    },
    index: new CacheIndex(1024 * 1024, 600),
    files: {
      open(name, limit) {
        const text = files.get(name);
        if (text === undefined) return null;
        opened++;
        const close = (): void => void opened--;
        return {
          start: text.slice(0, limit),
          length: text.length,
          unique: 1,
          diskSize: 4096,
          descriptor: 9,
          close,
        };
      },
      replaceHeader: (name, _file, _expected, header) =>
        void files.set(name, header + files.get(name)!.slice(header.length)),
      remove: (name) => void files.delete(name),
    },
  };
  const entry = (options: Partial<EntryOptions> = {}, key = 'k'): CacheEntry =>
    new CacheEntry(zone, cacheKey(key), {
      minUses: 1,
      lock: false,
      lockTimeout: 5000,
      lockAge: 5000,
      bufferSize: 4096,
      headers: [],
      log: (level, message) => void log.push(`${level}: ${message}`),
      ...options,
    });
  /** Stores an answer as a request would. */
  const store = (one: CacheEntry, validSec: number, now: number, vary = ''): void => {
    one.validSec = validSec;
    one.vary = vary;
    const start = one.startFile(head, now);
    files.set(one.name, `${start}body`);
    one.stored({ unique: 1, diskSize: 4096 });
  };
  return { zone, files, log, entry, store, opened: () => opened };
}

describe('an entry of a cache', () => {
  test('is missed, then hit, then stale for the one that fetches it and updating for others', () => {
    const { entry, store, opened } = memoryZone();
    const first = entry();
    expect(first.open(at(0))).toBe('miss');
    store(first, 10, 0);
    const second = entry();
    expect(second.open(at(10))).toBe('hit');
    expect(second.file!.start.slice(second.bodyStart)).toBe('body');
    second.free();
    second.closeFile();
    const third = entry();
    expect(third.open(at(11))).toBe('stale');
    const fourth = entry();
    expect(fourth.open(at(11))).toBe('updating');
    for (const one of [third, fourth]) {
      one.free();
      one.closeFile();
    }
    expect(entry().open(at(12))).toBe('stale');
    expect(opened()).toBe(1);
  });

  test('tells for how long it may be used although it is old', () => {
    const { entry, store } = memoryZone();
    const first = entry();
    first.open(at(0));
    first.updatingSec = 5;
    first.errorSec = 50;
    store(first, 10, 0);
    const second = entry();
    second.open(at(16));
    expect([second.staleUpdating, second.staleError]).toEqual([false, true]);
  });

  test('is not kept before it was asked for often enough', () => {
    const { entry } = memoryZone();
    const look = (): unknown => {
      const one = entry({ minUses: 3 });
      const found = one.open(at(0));
      one.free();
      return found;
    };
    expect([look(), look(), look()]).toEqual(['scarce', 'scarce', 'miss']);
  });

  test('is forgotten when nothing was stored', () => {
    const { entry, zone } = memoryZone();
    const one = entry();
    one.open(at(0));
    expect(zone.index.count).toBe(1);
    one.free();
    one.free();
    expect(zone.index.count).toBe(0);
  });

  test('keeps a status in place of an answer until its time', () => {
    const { entry } = memoryZone();
    const one = entry();
    one.open(at(0));
    one.error = 502;
    one.validSec = 3;
    one.free();
    for (const again of [entry(), entry()]) {
      expect(again.open(at(3))).toBe(502);
      again.free();
    }
    expect(entry().open(at(4))).toBe('miss');
  });

  test('is found again by a process that knows nothing of it', () => {
    const { entry, store, zone } = memoryZone();
    const one = entry();
    one.open(at(0));
    store(one, 10, 0);
    zone.index.remove(zone.index.oldest()!);
    expect(entry().open(at(1))).toBe('hit');
    expect(zone.index.diskSize).toBe(4096);
  });

  test('says what is wrong with a file, and is missed', () => {
    const { entry, store, files, log, opened } = memoryZone();
    const one = entry();
    one.open(at(0));
    store(one, 10, 0);
    files.set(one.name, 'x');
    expect(entry().open(at(1))).toBe('miss');
    expect(log).toEqual([`crit: cache file "${one.name}" is too small`]);
    expect(opened()).toBe(0);
  });
});

describe('the lock of an entry', () => {
  const locked = { lock: true, lockTimeout: 800, lockAge: 3000 };

  test('makes others wait until the first is done', () => {
    const { entry, store } = memoryZone();
    const [first, second] = [entry(locked), entry(locked)];
    expect(first.open(at(0))).toBe('miss');
    expect(second.open(at(0))).toBe('wait');
    expect(second.waitFor(at(0))).toBe(500);
    expect(second.open(at(0.5))).toBe('wait');
    expect(second.waitFor(at(0.5))).toBe(300);
    store(first, 10, 0);
    expect(second.open(at(0.6))).toBe('hit');
  });

  test('lets them go to the upstream after its timeout, without storing', () => {
    const { entry, log } = memoryZone();
    const [first, second] = [entry(locked), entry(locked)];
    first.open(at(0));
    second.open(at(0));
    expect(second.open(at(0.8))).toBe('scarce');
    expect(log).toEqual(['info: cache lock timeout']);
  });

  test('goes to another one when the first has had it for long', () => {
    const { entry } = memoryZone();
    const [first, second] = [entry(locked), entry({ ...locked, lockTimeout: 9000 })];
    first.open(at(0));
    expect(second.open(at(1))).toBe('wait');
    expect(second.open(at(3))).toBe('miss');
  });
});

describe('variants', () => {
  const accept = (value: string) => ({ headers: ['Accept', 'accept', value] });

  test('are kept side by side, the first under the key itself', () => {
    const { entry, store, files } = memoryZone();
    const first = entry(accept('a'));
    first.open(at(0));
    store(first, 10, 0, 'Accept');
    const second = entry(accept('b'));
    expect(second.open(at(1))).toBe('miss');
    store(second, 10, 1, 'Accept');
    expect(files.size).toBe(2);
    expect([
      entry(accept('a')).open(at(2)),
      entry(accept('b')).open(at(2)),
      entry(accept('c')).open(at(2)),
    ]).toEqual(['hit', 'hit', 'miss']);
  });

  test('give way to an answer that does not vary', () => {
    const { entry, store, files } = memoryZone();
    const first = entry(accept('a'));
    first.open(at(0));
    store(first, 10, 0, 'Accept');
    const second = entry(accept('b'));
    second.open(at(1));
    store(second, 20, 1);
    expect(files.size).toBe(1);
    expect(entry(accept('a')).open(at(15))).toBe('hit');
  });
});

test('a header is replaced when the upstream says that nothing has changed', () => {
  const { entry, store } = memoryZone();
  const first = entry();
  first.open(at(0));
  store(first, 10, 0);
  const second = entry();
  expect(second.open(at(11))).toBe('stale');
  second.validSec = 30;
  second.updateHeader();
  second.free();
  expect(entry().open(at(20))).toBe('hit');
});
