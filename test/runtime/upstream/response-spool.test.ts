import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BodyWriter } from '../../../src/runtime/client/body-writer.ts';
import type { ResponseSink } from '../../../src/runtime/client/response-sink.ts';
import { TempFiles, type TempFile } from '../../../src/runtime/files/temp-file.ts';
import { ResponseSpool } from '../../../src/runtime/upstream/response-spool.ts';

/** A client that takes one piece, and more only when told. */
class SlowSink implements ResponseSink {
  received = '';
  #waiter: (() => void) | null = null;

  text(data: string): boolean {
    this.received += data;
    return false;
  }

  bytes(data: Buffer, start: number, end: number): boolean {
    return this.text(data.toString('latin1', start, end));
  }

  flush(): void {
    // Nothing is held.
  }

  whenReady(callback: () => void): void {
    this.#waiter = callback;
  }

  take(): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.();
  }
}

describe('a response that comes faster than the client takes it', () => {
  let directory: string;
  let sink: SlowSink;
  let writer: BodyWriter;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hopwright-spool-'));
    sink = new SlowSink();
    writer = new BodyWriter(
      {
        sink,
        runChild: () => undefined,
        failed: () => undefined,
        giveUp: () => undefined,
      },
      null,
    );
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const push = (spool: ResponseSpool, text: string): boolean => {
    const bytes = Buffer.from(text);
    const room = spool.push(bytes, 0, bytes.length, false);
    bytes.fill('!');
    return room;
  };

  it('waits in memory, then in a file, and comes out in order', () => {
    const limits = { memory: 6, file: 100, unit: 0, tempPath: { path: directory, levels: [] } };
    const spool = new ResponseSpool(writer, limits, new TempFiles(), () => undefined);
    for (const piece of ['one ', 'two ', 'three ', 'four ', 'five ', 'six'])
      expect(push(spool, piece)).toBe(true);
    const done = vi.fn();
    spool.end(done);
    for (let count = 0; count < 10; count++) sink.take();
    expect(sink.received).toBe('one two three four five six');
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('holds the upstream back when both are full, and tells when there is room', () => {
    const limits = { memory: 4, file: 4, unit: 0, tempPath: { path: directory, levels: [] } };
    const roomAgain = vi.fn();
    const spool = new ResponseSpool(writer, limits, new TempFiles(), roomAgain);
    expect(push(spool, 'a')).toBe(true);
    expect(push(spool, 'bbbb')).toBe(true);
    expect(push(spool, 'cccc')).toBe(false);
    sink.take();
    expect(roomAgain).toHaveBeenCalledTimes(1);
  });

  it.each([0, 20])('takes no more of the disk than it may, however long it is: %i bytes', (file) => {
    const files = new TempFiles();
    const made = vi.spyOn(files, 'create');
    const room = vi.fn<() => void>();
    const limits = { memory: 10, file, unit: 0, tempPath: { path: directory, levels: [] } };
    const spool = new ResponseSpool(writer, limits, files, room);
    let sent = '';
    for (let round = 0; round < 40; round++) {
      const piece = String(round % 10).repeat(5);
      sent += piece;
      const before = room.mock.calls.length;
      if (!push(spool, piece)) while (room.mock.calls.length === before) sink.take();
    }
    spool.end(() => undefined);
    for (let rounds = 0; rounds < 20; rounds++) sink.take();
    expect(sink.received).toBe(sent);
    const taken = made.mock.results.map(({ value }) => (value as TempFile).length);
    expect(taken).toEqual(file === 0 ? [] : [file]);
  });

  it('is sent in units, the last of them incomplete', () => {
    const limits = { memory: 100, file: 0, unit: 8, tempPath: { path: directory, levels: [] } };
    const spool = new ResponseSpool(writer, limits, new TempFiles(), () => undefined);
    push(spool, 'four');
    expect(sink.received).toBe('');
    push(spool, 'four!');
    expect(sink.received).toBe('four');
    push(spool, 'rest');
    spool.end(() => undefined);
    for (let count = 0; count < 4; count++) sink.take();
    expect(sink.received).toBe('fourfour!rest');
  });

  it('is not held at all without buffering', () => {
    const limits = { memory: 0, file: 0, unit: 0, tempPath: { path: directory, levels: [] } };
    const spool = new ResponseSpool(writer, limits, new TempFiles(), () => undefined);
    expect(push(spool, 'a')).toBe(false);
    expect(sink.received).toBe('a');
  });
});
