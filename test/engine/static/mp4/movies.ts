/** Draws numbers below a bound. */
export type Draw = (below: number) => number;

/** The same numbers for the same seed. */
export function drawing(seed: number): Draw {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Numbers of 32 bits. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}

export function atom(name: string, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([words(body.length + 8), Buffer.from(name, 'latin1'), body]);
}

/** The same with a size of 64 bits. */
export function longAtom(name: string, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([words(1), Buffer.from(name, 'latin1'), words(0, body.length + 16), body]);
}

export interface Sample {
  readonly duration: number;
  readonly size: number;
  readonly offset: number;
  readonly key: boolean;
}

/** What a track is made of. */
export interface TrackShape {
  readonly timescale: number;
  readonly samples: readonly Sample[];
  /** Samples of each chunk. */
  readonly chunks: readonly number[];
  readonly long: boolean;
  readonly wide: boolean;
  readonly uniform: boolean;
  readonly keys: boolean;
  readonly compositions: boolean;
  readonly edits: boolean;
  readonly sound: boolean;
  readonly extra: boolean;
}

export interface MovieShape {
  readonly tracks: readonly TrackShape[];
  readonly long: boolean;
  readonly mediaFirst: boolean;
  readonly longSizes: boolean;
  readonly type: boolean;
  readonly extra: boolean;
}

const movieTimescale = 600;
const zeros = (length: number): Buffer => Buffer.alloc(length);

/** Counts values that follow each other: `[count, value]`. */
function runs(values: readonly number[]): number[][] {
  const all: number[][] = [];
  for (const value of values) {
    const last = all.at(-1);
    if (last !== undefined && last[1] === value) last[0]!++;
    else all.push([1, value]);
  }
  return all;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Runs of chunks with the same number of samples, as `stsc` has them. */
function chunkRuns(chunks: readonly number[]): number[][] {
  return chunks.flatMap((samples, index) => (chunks[index - 1] === samples ? [] : [[index + 1, samples, 1]]));
}

const table = (
  name: string,
  entries: readonly (readonly number[])[],
  before: readonly number[] = [],
): Buffer => atom(name, words(0, ...before, entries.length), words(...entries.flat()));

function track(shape: TrackShape, offsets: readonly number[]): Buffer {
  const { samples } = shape;
  const duration = total(samples.map((each) => each.duration));
  const inMovie = Math.floor((duration * movieTimescale) / shape.timescale);
  const version = shape.long ? 0x01000000 : 0;
  const times = (value: number): Buffer => (shape.long ? words(0, value) : words(value));
  const pad = shape.long ? 16 : 8;
  const tkhd = atom(
    'tkhd',
    words(version | 7),
    zeros(pad),
    words(1, 0),
    times(inMovie),
    zeros(52),
    words(320, 200),
  );
  const mdhd = atom('mdhd', words(version), zeros(pad), words(shape.timescale), times(duration), zeros(4));
  const sizes = samples.map(({ size }) => size);
  const stsz = shape.uniform
    ? atom('stsz', words(0, sizes[0]!, sizes.length))
    : table(
        'stsz',
        sizes.map((size) => [size]),
        [0],
      );
  const keys = samples.flatMap(({ key }, index) => (key ? [[index + 1]] : []));
  const places = shape.wide
    ? atom('co64', words(0, offsets.length, ...offsets.flatMap((offset) => [0, offset])))
    : table(
        'stco',
        offsets.map((offset) => [offset]),
      );
  const stbl = atom(
    'stbl',
    atom('stsd', words(0, 1), atom('avc1', zeros(20))),
    table('stts', runs(samples.map((each) => each.duration))),
    ...(shape.keys ? [table('stss', keys)] : []),
    ...(shape.extra ? [atom('sdtp', zeros(5))] : []),
    ...(shape.compositions ? [table('ctts', runs(samples.map((each) => each.offset)))] : []),
    table('stsc', chunkRuns(shape.chunks)),
    stsz,
    places,
  );
  const head = shape.sound ? atom('smhd', zeros(8)) : atom('vmhd', zeros(12));
  const minf = atom('minf', head, atom('dinf', atom('dref', words(0, 0))), stbl);
  const hdlr = atom('hdlr', zeros(24), Buffer.from('name\0'));
  const mdia = shape.extra ? atom('mdia', minf, mdhd, hdlr) : atom('mdia', mdhd, hdlr, minf);
  const edits = shape.edits ? [atom('edts', atom('elst', words(0, 1, inMovie, 0, 0x10000)))] : [];
  return atom('trak', tkhd, ...edits, mdia, ...(shape.extra ? [atom('udta', zeros(3))] : []));
}

/** The bytes of a movie; the data of each sample say which one it is. */
export function movie(shape: MovieShape): Buffer {
  const longest = Math.max(
    ...shape.tracks.map(
      ({ samples, timescale }) => (total(samples.map((each) => each.duration)) * 600) / timescale,
    ),
  );
  const version = shape.long ? 0x01000000 : 0;
  const times = shape.long ? words(0, longest) : words(longest);
  const mvhd = atom(
    'mvhd',
    words(version),
    zeros(shape.long ? 16 : 8),
    words(movieTimescale),
    times,
    zeros(80),
  );
  const make = shape.longSizes ? longAtom : atom;
  const type = shape.type ? atom('ftyp', Buffer.from('isom\0\0\0\0isommp41')) : Buffer.alloc(0);
  const extra = shape.extra ? atom('free', zeros(11)) : Buffer.alloc(0);
  const before = (places: readonly (readonly number[])[]): Buffer =>
    make('moov', mvhd, ...shape.tracks.map((each, index) => track(each, places[index]!)));
  const none = shape.tracks.map(({ chunks }) => chunks.map(() => 0));
  const front =
    type.length + extra.length + (shape.longSizes ? 16 : 8) + (shape.mediaFirst ? 0 : before(none).length);
  const { data, places } = layOut(shape.tracks, front);
  const moov = before(places);
  const mdat = make('mdat', data);
  return Buffer.concat(shape.mediaFirst ? [type, extra, mdat, moov] : [type, extra, moov, mdat]);
}

/** Chunks of the tracks in turns. */
function layOut(
  tracks: readonly TrackShape[],
  front: number,
): { readonly data: Buffer; readonly places: readonly (readonly number[])[] } {
  const parts: Buffer[] = [];
  const places: number[][] = tracks.map(() => []);
  const next = tracks.map(() => 0);
  let at = front;
  for (let turn = 0; tracks.some(({ chunks }) => turn < chunks.length); turn++) {
    tracks.forEach(({ chunks, samples }, index) => {
      const count = chunks[turn];
      if (count === undefined) return;
      places[index]!.push(at);
      for (let each = 0; each < count; each++) {
        const number = next[index]!++;
        parts.push(Buffer.alloc(samples[number]!.size, index * 100 + number));
        at += samples[number]!.size;
      }
    });
  }
  return { data: Buffer.concat(parts), places };
}

/** Any movie that a sound file could be. */
export function drawMovie(draw: Draw): MovieShape {
  const often = (): boolean => draw(2) === 0;
  return {
    tracks: Array.from({ length: 1 + draw(3) }, () => drawTrack(draw)),
    long: often(),
    mediaFirst: often(),
    longSizes: draw(4) === 0,
    type: draw(8) !== 0,
    extra: often(),
  };
}

function drawTrack(draw: Draw): TrackShape {
  const often = (): boolean => draw(2) === 0;
  const chunks = Array.from({ length: 1 + draw(12) }, () => 1 + draw(4));
  const uniform = draw(4) === 0;
  const steady = often();
  const samples = Array.from({ length: total(chunks) }, (_, index) => ({
    duration: steady ? 100 : 50 + draw(3) * 50,
    size: uniform ? 7 : 1 + draw(20),
    offset: draw(3) * 10,
    key: index === 0 || draw(4) === 0,
  }));
  return {
    timescale: 100 + draw(4) * 150,
    samples,
    chunks,
    long: often(),
    wide: often(),
    uniform,
    keys: draw(3) !== 0,
    compositions: often(),
    edits: often(),
    sound: often(),
    extra: often(),
  };
}

/** A movie with some byte of its tables changed. */
export function damage(bytes: Buffer, draw: Draw): Buffer {
  const damaged = Buffer.from(bytes);
  const from = Math.max(0, damaged.indexOf('moov'));
  const at = from + draw(Math.max(1, Math.min(damaged.length - from, 600)));
  damaged[at] = [0, 1, 0x7f, 0xff, damaged[at]! + 1, damaged[at]! - 1][draw(6)]! & 0xff;
  return draw(6) === 0 ? damaged.subarray(0, damaged.length - draw(40)) : damaged;
}
