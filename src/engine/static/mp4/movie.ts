/** A movie that cannot be cut; the message is nginx's, `%s` stands for the file's name. */
export class MovieError extends Error {}

export const tooSmall = (atom: string): MovieError => new MovieError(`"%s" mp4 ${atom} atom too small`);
export const duplicate = (atom: string): MovieError => new MovieError(`duplicate mp4 ${atom} atom in "%s"`);

/** What is wanted of a movie; times in milliseconds. */
export interface Cut {
  readonly start: number;
  /** 0 = to the end. */
  readonly length: number;
  /** `mp4_start_key_frame`. */
  readonly fromKeyFrame: boolean;
}

/** Bytes of the file; as many as there are, when it ends before. */
export type ReadFile = (at: number, length: number) => Buffer;

/** What becomes of the atoms after one: the next, none of this atom's parent, or none at all. */
export type Step = 'next' | 'skip' | 'end';

/** Takes an atom; `data` is where its contents begin, `size` how many bytes they have. */
export type TakeAtom = (name: string, data: number, size: number) => Step;

/**
 * Goes over the atoms between two places (ngx_http_mp4_read_atom). An atom of size 0 ends everything.
 *
 * @param read the bytes at a place: at least as many as asked for
 */
export function walkAtoms(
  from: number,
  end: number,
  read: (at: number, length: number) => Buffer,
  take: TakeAtom,
): Step {
  for (let at = from; at < end;) {
    let header = 8;
    let size: number | bigint = read(at, 4).readUInt32BE();
    if (size === 0) return 'end';
    if (size === 1) {
      header = 16;
      size = read(at, header).readBigUInt64BE(8);
    }
    if (size < header) throw new MovieError(`"%s" mp4 atom is too small:${size}`);
    const name = read(at, 8).toString('latin1', 4, 8);
    if (BigInt(at) + BigInt(size) > end) throw new MovieError(`"%s" mp4 atom too large:${size}`);
    const step = take(name, at + header, Number(size) - header);
    if (step !== 'next') return step;
    at += Number(size);
  }
  return 'next';
}

/** A time in units of `timescale` per second, with C's arithmetic of 64 bits. */
export function scaled(milliseconds: number, timescale: number): bigint {
  return BigInt.asUintN(64, BigInt(milliseconds) * BigInt(timescale)) / 1000n;
}

/** What is left of a duration; null when it ends before the start (ngx_http_mp4_read_mvhd_atom and its kin). */
export function remaining(duration: bigint, timescale: number, { start, length }: Cut): bigint | null {
  const left = duration - scaled(start, timescale);
  if (left < 0n) return null;
  const wanted = scaled(length, timescale);
  return length === 0 || left < wanted ? left : wanted;
}

/** Where a header atom has what is needed, by its version: 32-bit times, or 64-bit ones (ISO/IEC 14496-12). */
interface Layout {
  readonly size: number;
  readonly timescale: number;
  readonly duration: number;
}

const layouts: Readonly<Record<'mvhd' | 'tkhd' | 'mdhd', readonly [short: Layout, long: Layout]>> = {
  mvhd: [
    { size: 100, timescale: 12, duration: 16 },
    { size: 112, timescale: 20, duration: 24 },
  ],
  // It has no timescale of its own.
  tkhd: [
    { size: 84, timescale: 0, duration: 20 },
    { size: 96, timescale: 0, duration: 28 },
  ],
  mdhd: [
    { size: 24, timescale: 12, duration: 16 },
    { size: 36, timescale: 20, duration: 24 },
  ],
};

/** The times in a header atom, which can be changed. */
export interface HeaderTimes {
  readonly timescale: number;
  readonly duration: bigint;
  /** Writes another duration. */
  set(duration: bigint): void;
}

/** @param data where the atom's contents begin */
export function headerTimes(
  bytes: Buffer,
  name: keyof typeof layouts,
  data: number,
  size: number,
): HeaderTimes {
  const [short, long] = layouts[name];
  if (size < short.size) throw tooSmall(name);
  const isLong = bytes[data] !== 0;
  const { timescale, duration, size: needed } = isLong ? long : short;
  if (size < needed) throw tooSmall(name);
  const at = data + duration;
  return {
    timescale: bytes.readUInt32BE(data + timescale),
    duration: isLong ? bytes.readBigUInt64BE(at) : BigInt(bytes.readUInt32BE(at)),
    set(value) {
      if (isLong) bytes.writeBigUInt64BE(BigInt.asUintN(64, value), at);
      else bytes.writeUInt32BE(Number(BigInt.asUintN(32, value)), at);
    },
  };
}
