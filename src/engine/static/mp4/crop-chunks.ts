import type { Samples } from './crop-samples.ts';
import { MovieError } from './movie.ts';
import type { Part, Track } from './track.ts';

/** Chunks that are sent of a track, counted from 0, and where they are in the file. */
export interface Chunks {
  /** Entries of `stsc` before and behind those of the table; null for none. */
  readonly first: Buffer | null;
  readonly last: Buffer | null;
  /** Bytes of the file; from behind to, where there is nothing. */
  readonly from: number;
  readonly end: number;
}

/** ngx_http_mp4_update_stsc_atom, …_stsz_atom, …_stco_atom and …_co64_atom. `file` has this size, `media` ends there. */
export function cropChunks(track: Track, samples: Samples, file: number, media: number): Chunks {
  const table = track.table('stsc');
  if (table.entries === 0) throw new MovieError('zero number of entries in stsc atom in "%s"');
  const start = cropStart(track, samples);
  const end = track.cut.length === 0 ? null : cropEnd(track, samples, start);
  const { bytes } = track;
  for (let at = table.data.from; at < table.data.end; at += entrySize)
    bytes.writeUInt32BE((bytes.readUInt32BE(at) - start.chunk) >>> 0, at);
  const sizes = cropSizes(track, samples, start, end, file);
  const offsets = cropOffsets(track, start, end, sizes, { file, media });
  return { first: start.entry, last: end?.entry ?? null, ...offsets };
}

const entrySize = 12;

/** A boundary between samples, in chunks. */
interface Boundary {
  /** The chunk at the start; the one behind the last at the end. */
  readonly chunk: number;
  /** Samples of the chunk that are before the start, or of the last one that are before the end. */
  readonly samples: number;
  /** A new entry for a chunk that is sent in part. */
  readonly entry: Buffer | null;
}

/** An entry of `stsc`: from `chunk` (counted from 1) up to `next` chunks have so many samples. */
interface Run {
  readonly at: number;
  readonly chunk: number;
  readonly next: number;
  readonly samples: number;
  readonly id: number;
  /** Samples of the chunks before. */
  readonly before: number;
  /** The sample that was looked for, counted from the first of these chunks. */
  readonly sample: number;
}

/** ngx_http_mp4_crop_stsc_data up to `found`. */
function findRun({ bytes, tables }: Track, { from, end }: Part, wanted: number, what: string): Run {
  let sample = wanted;
  let before = 0;
  const chunks = (tables.stco ?? tables.co64)?.entries ?? 0;
  for (let at = from; ; at += entrySize) {
    const isLast = at + entrySize >= end;
    const chunk = bytes.readUInt32BE(at);
    const samples = bytes.readUInt32BE(at + 4);
    const next = isLast ? chunks + 1 : bytes.readUInt32BE(at + entrySize);
    if (next < chunk) throw new MovieError('unordered mp4 stsc chunks in "%s"');
    const all = (next - chunk) * samples;
    if (sample < all || isLast) {
      if (sample > all) throw new MovieError(`${what} time is out mp4 stsc chunks in "%s"`);
      if (samples === 0) throw new MovieError('zero number of samples in "%s"');
      if (chunk === 0) throw new MovieError('zero chunk in "%s"');
      return { at, chunk, next, samples, id: bytes.readUInt32BE(at + 8), before, sample };
    }
    sample -= all;
    if (next > chunk) before = samples;
  }
}

function makeEntry(chunk: number, samples: number, id: number): Buffer {
  const entry = Buffer.alloc(entrySize);
  entry.writeUInt32BE(chunk >>> 0, 0);
  entry.writeUInt32BE(samples, 4);
  entry.writeUInt32BE(id, 8);
  return entry;
}

function cropStart(track: Track, samples: Samples): Boundary {
  const { data } = track.table('stsc');
  const { bytes } = track;
  const run = findRun(track, data, samples.start, 'start');
  const chunk = run.chunk - 1 + Math.floor(run.sample / run.samples);
  const skipped = run.sample % run.samples;
  data.from = run.at;
  bytes.writeUInt32BE(chunk + 1, run.at);
  const left = run.samples - skipped;
  if (skipped === 0) return { chunk, samples: 0, entry: null };
  if (run.next - chunk === 2) {
    bytes.writeUInt32BE(left, run.at + 4);
    return { chunk, samples: skipped, entry: null };
  }
  bytes.writeUInt32BE(chunk + 2, run.at);
  return { chunk, samples: skipped, entry: makeEntry(1, left, run.id) };
}

function cropEnd(track: Track, samples: Samples, start: Boundary): Boundary {
  const { data } = track.table('stsc');
  const { bytes } = track;
  let wanted = samples.end - samples.start;
  if (start.entry !== null) {
    const first = Math.min(start.entry.readUInt32BE(4), wanted);
    start.entry.writeUInt32BE(first, 4);
    wanted -= first;
  }
  const run = findRun(track, data, wanted, 'end');
  const chunk = run.chunk - 1 + Math.floor(run.sample / run.samples);
  const part = run.sample % run.samples;
  data.end = run.sample > 0 ? run.at + entrySize : run.at;
  if (part === 0) return { chunk, samples: run.sample > 0 ? run.samples : run.before, entry: null };
  // The next chunk after the run's first one: an entry of its own is needed unless the run has but that one.
  if (run.chunk + 1 - chunk === 2) {
    bytes.writeUInt32BE(part, run.at + 4);
    return { chunk: chunk + 1, samples: part, entry: null };
  }
  return { chunk: chunk + 1, samples: part, entry: makeEntry(chunk + 1 - start.chunk, part, run.id) };
}

/** Bytes of the samples of boundary chunks that are before the boundary; 0 where all samples have one size. */
interface Sizes {
  readonly start: number;
  readonly end: number;
}

function cropSizes(
  track: Track,
  samples: Samples,
  start: Boundary,
  end: Boundary | null,
  file: number,
): Sizes {
  const table = track.tables.stsz;
  const data = table?.data ?? null;
  if (table === undefined || data === null) return { start: 0, end: 0 };
  const { bytes } = track;
  const sumBefore = (at: number, count: number, what: string): number => {
    let sum = 0;
    for (let each = at - count * 4; each < at; each += 4) sum += bytes.readUInt32BE(each);
    if (sum > file) throw new MovieError(`too large mp4 ${what} samples size in "%s"`);
    return sum;
  };
  if (samples.start >= table.entries) throw new MovieError('start time is out mp4 stsz samples in "%s"');
  data.from += samples.start * 4;
  const startSize = sumBefore(data.from, start.samples, 'start');
  if (end === null) return { start: startSize, end: 0 };
  const count = samples.end - samples.start;
  if (count > table.entries - samples.start) throw new MovieError('end time is out mp4 stsz samples in "%s"');
  data.end = data.from + count * 4;
  return { start: startSize, end: sumBefore(data.end, end.samples, 'end') };
}

function cropOffsets(
  track: Track,
  start: Boundary,
  end: Boundary | null,
  sizes: Sizes,
  limits: { readonly file: number; readonly media: number },
): { readonly from: number; readonly end: number } {
  const isLong = track.tables.co64 !== undefined;
  const name = isLong ? 'co64' : 'stco';
  const table = track.table(name);
  const { data, entries } = table;
  const width = isLong ? 8 : 4;
  const offsets = chunkOffsets(track.bytes, isLong);
  /** Where a chunk begins, so many bytes later. */
  const offset = (at: number, later: number): number => {
    const chunk = offsets.read(at);
    if (chunk > limits.file - later || (!isLong && chunk + later > 0xffffffff))
      throw new MovieError('too large chunk offset in "%s"');
    return chunk + later;
  };
  if (start.chunk >= entries) throw new MovieError(`start time is out mp4 ${name} chunks in "%s"`);
  data.from += start.chunk * width;
  const from = offset(data.from, sizes.start);
  offsets.write(from, data.from);
  if (end === null) return { from, end: limits.media };
  if (end.chunk > entries) throw new MovieError(`end time is out mp4 ${name} chunks in "%s"`);
  data.end = data.from + (end.chunk - start.chunk) * width;
  if (end.chunk === start.chunk) return { from: limits.file, end: 0 };
  return { from, end: offset(data.end - width, sizes.end) };
}

/** Reads and writes places in the file; those of 64 bits that no file has are told apart as infinity. */
export function chunkOffsets(
  bytes: Buffer,
  isLong: boolean,
): { read(at: number): number; write(value: number, at: number): void } {
  if (!isLong)
    return {
      read: (at) => bytes.readUInt32BE(at),
      write: (value, at) => void bytes.writeUInt32BE(value >>> 0, at),
    };
  return {
    read: (at) => Number(bytes.readBigUInt64BE(at)),
    write: (value, at) => void bytes.writeBigInt64BE(BigInt(value), at),
  };
}
