import { MovieError, scaled } from './movie.ts';
import type { Part, Track } from './track.ts';

/** Samples that are sent of a track, counted from 0. */
export interface Samples {
  readonly start: number;
  /** Behind the last one; counts only where a length is wanted. */
  readonly end: number;
  /** How much earlier than wanted the first one is, in the track's time: it is a key frame. */
  readonly prefix: number;
}

/** ngx_http_mp4_update_stts_atom: durations of samples, by how many have the same. */
export function cropTimes(track: Track): Samples {
  const table = track.table('stts');
  const { bytes, cut } = track;
  const start = findTime(track, table.data, scaled(cut.start, track.timescale));
  if (start === null) throw new MovieError('start time is out mp4 stts samples in "%s"');
  let { at, rest } = start;
  let earlier = keyFrameBefore(track, start.sample);
  const startSample = start.sample - earlier;
  let prefix = 0;
  // The key frame may lie in an entry before.
  while (rest < earlier) {
    prefix += product(rest, bytes.readUInt32BE(at + 4));
    earlier -= rest;
    at -= 8;
    rest = bytes.readUInt32BE(at);
  }
  prefix += product(earlier, bytes.readUInt32BE(at + 4));
  rest -= earlier;
  bytes.writeUInt32BE(bytes.readUInt32BE(at) - rest, at);
  table.data.from = at;
  track.duration += BigInt(prefix);
  if (cut.length === 0) return { start: startSample, end: 0, prefix };
  const end = findTime(track, table.data, scaled(cut.length, track.timescale) + BigInt(prefix));
  if (end === null) return { start: startSample, end: startSample + countOf(track, table.data), prefix };
  bytes.writeUInt32BE(end.rest, end.at);
  table.data.end = end.at + 8;
  return { start: startSample, end: startSample + end.sample, prefix };
}

const product = (one: number, other: number): number => Math.imul(one, other) >>> 0;

/** The entry in which a time lies, how many samples of it are before, and how many in all; null when it is behind all. */
function findTime(
  { bytes }: Track,
  { from, end }: Part,
  time: bigint,
): { readonly at: number; readonly rest: number; readonly sample: number } | null {
  let left = time;
  let sample = 0;
  for (let at = from; at < end; at += 8) {
    const count = bytes.readUInt32BE(at);
    const duration = bytes.readUInt32BE(at + 4);
    const whole = BigInt(count) * BigInt(duration);
    if (left < whole) {
      const rest = Number(left / BigInt(duration));
      return { at, rest, sample: sample + rest };
    }
    sample += count;
    left -= whole;
  }
  return null;
}

function countOf({ bytes }: Track, { from, end }: Part): number {
  let count = 0;
  for (let at = from; at < end; at += 8) count += bytes.readUInt32BE(at);
  return count;
}

/** How many samples before this one the last key frame is (ngx_http_mp4_seek_key_frame). */
function keyFrameBefore({ bytes, cut, tables }: Track, sample: number): number {
  const data = tables.stss?.data ?? null;
  if (!cut.fromKeyFrame || data === null) return 0;
  let before = 0;
  for (let at = data.from; at < data.end; at += 4) {
    const key = bytes.readUInt32BE(at);
    if (key === 0) throw new MovieError('zero sync sample in "%s"');
    if (key > sample + 1) break;
    before = sample + 1 - key;
  }
  return before;
}

/** ngx_http_mp4_update_stss_atom: the numbers of key frames, from 1 on. */
export function cropKeyFrames({ bytes, cut, tables }: Track, samples: Samples): void {
  const table = tables.stss;
  const data = table?.data ?? null;
  if (table === undefined || data === null) return;
  const beginOf = (number: number): number => {
    for (let at = data.from; at < data.end; at += 4) if (bytes.readUInt32BE(at) >= number) return at;
    return data.end;
  };
  data.from = beginOf(samples.start + 1);
  if (cut.length > 0) data.end = beginOf(samples.end + 1);
  for (let at = data.from; at < data.end; at += 4)
    bytes.writeUInt32BE((bytes.readUInt32BE(at) - samples.start) >>> 0, at);
}

/** ngx_http_mp4_update_ctts_atom: composition offsets, by how many samples have the same. */
export function cropCompositions({ bytes, cut, tables }: Track, samples: Samples): void {
  const data = tables.ctts?.data ?? null;
  if (data === null) return;
  const first = findSample(bytes, data, samples.start);
  if (first === null) data.from = data.end;
  else {
    bytes.writeUInt32BE(bytes.readUInt32BE(first.at) - first.rest, first.at);
    data.from = first.at;
  }
  const last = cut.length === 0 ? null : findSample(bytes, data, samples.end - samples.start);
  if (last !== null) {
    bytes.writeUInt32BE(last.rest, last.at);
    data.end = last.at + 8;
  }
  if (data.from === data.end) delete tables.ctts;
}

/** The entry in which a sample lies, and how many of it are before. */
function findSample(
  bytes: Buffer,
  { from, end }: Part,
  sample: number,
): { readonly at: number; readonly rest: number } | null {
  let rest = sample;
  for (let at = from; at < end; at += 8) {
    const count = bytes.readUInt32BE(at);
    if (rest < count) return { at, rest };
    rest -= count;
  }
  return null;
}
