import { cropChunks, chunkOffsets, type Chunks } from './crop-chunks.ts';
import { cropCompositions, cropKeyFrames, cropTimes } from './crop-samples.ts';
import { duplicate, headerTimes, MovieError, remaining, walkAtoms } from './movie.ts';
import type { Cut, ReadFile, Step } from './movie.ts';
import { Track, type TableName } from './track.ts';

/** A cut movie: bytes, then a part of the file. */
export interface CutMovie {
  readonly head: Buffer;
  readonly from: number;
  readonly end: number;
}

/** Bytes; `mp4_buffer_size` and `mp4_max_buffer_size`. */
export interface BufferSizes {
  readonly usual: number;
  readonly largest: number;
}

const largestType = 1024;

/**
 * Cuts a movie (ngx_http_mp4_process): of each track only the samples that are wanted, their data in one piece.
 *
 * @param size of the file
 * @returns null where the whole file is what is wanted
 * @throws MovieError
 */
export function cutMovie(read: ReadFile, size: number, cut: Cut, buffers: BufferSizes): CutMovie | null {
  const parts = new MovieParts(read, size, cut, buffers);
  return parts.read() ? parts.assemble() : null;
}

/** What is found at the top of a file. */
class MovieParts {
  readonly #read: ReadFile;
  readonly #size: number;
  readonly #cut: Cut;
  readonly #buffers: BufferSizes;
  readonly #tracks: Track[] = [];
  #type: Buffer | null = null;
  /** The contents of `moov`, and the start of what follows. */
  #movie: Buffer | null = null;
  #header: Buffer | null = null;
  /** Where the data end; null: none were found. */
  #mediaEnd: number | null = null;
  /** Up to where nginx would have read the file: what tells whether the type is in its buffer. */
  #window = 0;

  constructor(read: ReadFile, size: number, cut: Cut, buffers: BufferSizes) {
    this.#read = read;
    this.#size = size;
    this.#cut = cut;
    this.#buffers = buffers;
  }

  /** False where the file is to be sent as it is. */
  read(): boolean {
    const step = walkAtoms(
      0,
      this.#size,
      (at, length) => {
        if (at + length > this.#window) this.#window = Math.min(at + this.#buffers.usual, this.#size);
        return this.#bytesAt(at, length);
      },
      (name, data, length) => {
        if (name === 'ftyp') return this.#readType(data, length);
        if (name === 'moov') return this.#readMovie(data, length);
        return name === 'mdat' ? this.#readMedia(data, length) : 'next';
      },
    );
    return step !== 'skip';
  }

  #bytesAt(at: number, length: number): Buffer {
    if (at + length > this.#size || length > this.#buffers.usual)
      throw new MovieError('"%s" mp4 file truncated');
    const bytes = this.#read(at, length);
    if (bytes.length < length) throw new MovieError('"%s" mp4 file truncated');
    return bytes;
  }

  #readType(data: number, length: number): Step {
    if (length > largestType || data + length > this.#window)
      throw new MovieError(`"%s" mp4 ftyp atom is too large:${length}`);
    if (this.#type !== null) throw duplicate('ftyp');
    this.#type = Buffer.concat([atomHead('ftyp', length), this.#read(data, length)]);
    return 'next';
  }

  #readMedia(data: number, length: number): Step {
    if (this.#mediaEnd !== null) throw duplicate('mdat');
    this.#mediaEnd = data + length;
    return this.#tracks.length > 0 ? 'end' : 'next';
  }

  #readMovie(data: number, length: number): Step {
    const isFirst = this.#mediaEnd === null;
    if (isFirst && this.#cut.start === 0 && this.#cut.length === 0) return 'skip';
    if (this.#movie !== null) throw duplicate('moov');
    if (length > this.#buffers.usual && length > this.#buffers.largest)
      throw new MovieError(
        `"%s" mp4 moov atom is too large:${length}, you may want to increase mp4_max_buffer_size`,
      );
    // What follows is looked at where the last atom in it is cut off.
    const movie = this.#read(data, Math.min(length + 16, this.#size - data));
    this.#movie = movie;
    const bytesAt = (at: number, count: number): Buffer => {
      if (at + count > movie.length) throw new MovieError('"%s" mp4 file truncated');
      return movie.subarray(at, at + count);
    };
    let timescale = 0;
    const step = walkAtoms(0, length, bytesAt, (name, from, size) => {
      if (name === 'cmov') throw new MovieError('"%s" mp4 compressed moov atom (cmov) is not supported');
      if (name === 'mvhd') timescale = this.#readHeader(movie, from, size);
      if (name !== 'trak') return 'next';
      const track = new Track(movie, this.#cut, timescale);
      const read = track.read(bytesAt, from, size);
      if (read !== 'skip') this.#tracks.push(track);
      return read === 'end' ? 'end' : 'next';
    });
    this.#window = 0;
    return isFirst ? step : 'end';
  }

  /** Gives the time scale. */
  #readHeader(movie: Buffer, data: number, length: number): number {
    if (this.#header !== null) throw duplicate('mvhd');
    const times = headerTimes(movie, 'mvhd', data, length);
    const left = remaining(times.duration, times.timescale, this.#cut);
    if (left === null) throw new MovieError('"%s" mp4 start time exceeds file duration');
    times.set(left);
    this.#header = Buffer.concat([atomHead('mvhd', length), movie.subarray(data, data + length)]);
    return times.timescale;
  }

  assemble(): CutMovie {
    if (this.#tracks.length === 0) throw new MovieError('no mp4 trak atoms were found in "%s"');
    if (this.#mediaEnd === null) throw new MovieError('no mp4 mdat atom was found in "%s"');
    const mediaEnd = this.#mediaEnd;
    const cropped = this.#tracks.map((track) => cropTrack(track, this.#size, mediaEnd));
    const from = Math.min(this.#size, ...cropped.map(({ chunks }) => chunks.from));
    const end = Math.max(0, ...cropped.map(({ chunks }) => chunks.end));
    if (end <= from) throw new MovieError('no data between start time and end time in "%s"');
    if (from >= mediaEnd) throw new MovieError('start time is out mp4 mdat atom in "%s"');
    const media = atomHead('mdat', end - from);
    const type = this.#type ?? nothing;
    const header = this.#header ?? nothing;
    const movieSize = header.length + cropped.reduce((sum, { parts }) => sum + sizeOf(parts), 0);
    const movie = atomHead('moov', movieSize);
    const moved = type.length + movie.length + movieSize + media.length - from;
    for (const track of this.#tracks) moveChunks(track, moved);
    const parts = cropped.flatMap((each) => each.parts);
    return { head: Buffer.concat([type, movie, header, ...parts, media]), from, end };
  }
}

const nothing = Buffer.alloc(0);
const sizeOf = (parts: readonly Buffer[]): number => parts.reduce((sum, { length }) => sum + length, 0);

/** Size and name of an atom with so many bytes in it. */
function atomHead(name: string, length: number): Buffer {
  const isLong = length > 0xffffffff - 8;
  const head = Buffer.alloc(isLong ? 16 : 8);
  head.writeUInt32BE(isLong ? 1 : length + 8);
  head.write(name, 4, 'latin1');
  if (isLong) head.writeBigUInt64BE(BigInt(length + 16), 8);
  return head;
}

interface CroppedTrack {
  readonly chunks: Chunks;
  /** All that is sent of it; tables of chunks are views, for their places are not final. */
  readonly parts: readonly Buffer[];
}

function cropTrack(track: Track, file: number, media: number): CroppedTrack {
  const samples = cropTimes(track);
  cropKeyFrames(track, samples);
  cropCompositions(track, samples);
  const chunks = cropChunks(track, samples, file, media);
  track.times?.set(track.duration);
  return { chunks, parts: trackParts(track, chunks, samples.prefix) };
}

/** The atoms of a track in nginx's order, whatever theirs was. */
function trackParts(track: Track, chunks: Chunks, prefix: number): Buffer[] {
  const { plain, bytes } = track;
  const kept = (name: keyof typeof plain): Buffer[] => {
    const part = plain[name];
    return part === undefined ? [] : [bytes.subarray(part.from, part.end)];
  };
  const table = (name: TableName, first: Buffer | null = null, last: Buffer | null = null): Buffer[] =>
    tableParts(track, name, first, last);
  const within = (name: string, parts: readonly Buffer[]): Buffer[] => [
    atomHead(name, sizeOf(parts)),
    ...parts,
  ];
  const stbl = [
    ...kept('stsd'),
    ...table('stts'),
    ...table('stss'),
    ...table('ctts'),
    ...table('stsc', chunks.first, chunks.last),
    ...table('stsz'),
    ...table('stco'),
    ...table('co64'),
  ];
  const minf = [...kept('vmhd'), ...kept('smhd'), ...kept('dinf'), ...within('stbl', stbl)];
  const mdia = [...kept('mdhd'), ...kept('hdlr'), ...within('minf', minf)];
  const edits = prefix === 0 ? [] : [editList(track.movieDuration, prefix)];
  return within('trak', [...kept('tkhd'), ...edits, ...within('mdia', mdia)]);
}

/** A table with its head, and entries before and behind its own. */
function tableParts(track: Track, name: TableName, first: Buffer | null, last: Buffer | null): Buffer[] {
  const table = track.tables[name];
  if (table === undefined) return [];
  const { bytes } = track;
  const { head, data } = table;
  const heading = bytes.subarray(head.from, head.end);
  if (data === null) return [heading];
  const parts = [first ?? nothing, bytes.subarray(data.from, data.end), last ?? nothing];
  const size = sizeOf(parts);
  heading.writeUInt32BE(heading.length + size);
  heading.writeUInt32BE(size / table.entrySize, heading.length - 4);
  return [heading, ...parts];
}

/** Tells players to begin behind the key frame's samples (ngx_http_mp4_update_edts_atom). */
function editList(duration: bigint, mediaTime: number): Buffer {
  const list = Buffer.alloc(28);
  list[0] = 1;
  list.writeUInt32BE(1, 4);
  list.writeBigUInt64BE(BigInt.asUintN(64, duration), 8);
  list.writeBigUInt64BE(BigInt(mediaTime), 16);
  list.writeUInt16BE(1, 24);
  return Buffer.concat([atomHead('edts', list.length + 8), atomHead('elst', list.length), list]);
}

/** ngx_http_mp4_adjust_stco_atom and …_co64_atom. */
function moveChunks(track: Track, by: number): void {
  const isLong = track.tables.co64 !== undefined;
  const { data } = track.table(isLong ? 'co64' : 'stco');
  const offsets = chunkOffsets(track.bytes, isLong);
  for (let at = data.from; at < data.end; at += isLong ? 8 : 4) offsets.write(offsets.read(at) + by, at);
}
