import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BodyReader } from '../../../src/runtime/client/request-body.ts';
import type { BodyRules } from '../../../src/runtime/client/request-body.ts';
import { TempFiles } from '../../../src/runtime/files/temp-file.ts';

describe('a request body', () => {
  let directory: string;
  let rules: BodyRules;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hopwright-body-'));
    rules = {
      contentLength: 10,
      bufferSize: 16,
      maxSize: 0,
      inFileOnly: 'off',
      tempPath: { path: directory, levels: [1, 2] },
      bareLineFeeds: false,
    };
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const read = (text: string, size: number, reader: BodyReader): string | number => {
    const bytes = Buffer.from(text);
    let result: string | number = 'more';
    for (let at = 0; at < bytes.length && result === 'more'; at += size) {
      result = reader.push(bytes, at, Math.min(at + size, bytes.length));
    }
    return result;
  };

  it('that comes byte by byte takes no more room than one that comes at once', () => {
    const reader = new BodyReader({ ...rules, contentLength: -1, bufferSize: 100_000 }, new TempFiles());
    expect(read('1\r\nx\r\n'.repeat(50_000) + '0\r\n\r\n', 4096, reader)).toBe('done');
    expect(reader.body.length).toBe(50_000);
    expect(reader.body.bytes()).toBe('x'.repeat(50_000));
    expect(reader.body.parts.length).toBeLessThan(20);
  });

  it('stays in memory up to the buffer size and leaves what follows', () => {
    const reader = new BodyReader(rules, new TempFiles());
    expect(read('0123456789GET', 4, reader)).toBe('done');
    expect(reader.consumed).toBe(10);
    expect(reader.body.bytes()).toBe('0123456789');
    expect(reader.body.file).toBe('');
  });

  it('goes to a temporary file beyond it', () => {
    const spilled: string[] = [];
    const reader = new BodyReader({ ...rules, contentLength: 40 }, new TempFiles(), (name) =>
      spilled.push(name),
    );
    expect(read('0123456789'.repeat(4), 7, reader)).toBe('done');
    expect(reader.body.bytes()).toBe('');
    expect(reader.body.file).toBe(`${directory}/1/00/0000000001`);
    // Nobody can find it by name, as with nginx.
    expect(existsSync(reader.body.file)).toBe(false);
    expect(spilled).toEqual([reader.body.file]);
    const bytes = Buffer.alloc(100);
    expect(reader.body.temporary!.read(bytes, 30)).toBe(10);
    expect(bytes.toString('latin1', 0, 10)).toBe('0123456789');
    reader.body.temporary!.close(true);
  });

  it('cannot be read any more when its file is closed, whose number others may have', () => {
    const reader = new BodyReader({ ...rules, contentLength: 20 }, new TempFiles());
    expect(read('0123456789'.repeat(2), 4, reader)).toBe('done');
    const file = reader.body.temporary!;
    file.close(true);
    expect(() => file.read(Buffer.alloc(20), 0)).toThrow('is closed');
  });

  it('is always in a file that can be opened with client_body_in_file_only', () => {
    const reader = new BodyReader({ ...rules, inFileOnly: 'clean' }, new TempFiles());
    expect(read('0123456789', 10, reader)).toBe('done');
    expect(readFileSync(reader.body.file, 'latin1')).toBe('0123456789');
    reader.body.temporary!.close(true);
    expect(existsSync(reader.body.file)).toBe(false);
  });

  it('is refused when chunks make it larger than allowed', () => {
    const reader = new BodyReader({ ...rules, contentLength: -1, maxSize: 8 }, new TempFiles());
    expect(read('5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n', 3, reader)).toBe(413);
  });

  it('fails with 500 where no file can be made', () => {
    const reader = new BodyReader(
      { ...rules, contentLength: 40, tempPath: { path: '/nonexistent/dir', levels: [] } },
      new TempFiles(),
    );
    expect(read('0123456789'.repeat(4), 40, reader)).toBe(500);
    expect((reader.error as NodeJS.ErrnoException).code).toBe('ENOENT');
  });
});
