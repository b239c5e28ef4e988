import { duplicate, headerTimes, MovieError, remaining, scaled, tooSmall, walkAtoms } from './movie.ts';
import type { Cut, HeaderTimes, Step, TakeAtom } from './movie.ts';

/** A part of the movie's bytes. */
export interface Part {
  from: number;
  end: number;
}

/** A table of entries of the same size, and the head in front of it. */
export interface Table {
  /** Where size, name and number of entries are; the entries' number is the head's last field. */
  readonly head: Part;
  /** null: all samples have one size. */
  readonly data: Part | null;
  /** As many as were read. */
  readonly entries: number;
  /** Bytes. */
  readonly entrySize: number;
}

/** Bytes of the head and of an entry, by table; those of `stsz` count only where samples differ in size. */
const tableForms = {
  stts: { head: 16, entry: 8 },
  stss: { head: 16, entry: 4 },
  ctts: { head: 16, entry: 8 },
  stsc: { head: 16, entry: 12 },
  stsz: { head: 20, entry: 4 },
  stco: { head: 16, entry: 4 },
  co64: { head: 16, entry: 8 },
} as const;
export type TableName = keyof typeof tableForms;

/** Atoms that hold others. */
type Container = 'trak' | 'mdia' | 'minf' | 'stbl';
/** Atoms that are sent as they are. */
type Plain = 'tkhd' | 'mdhd' | 'hdlr' | 'vmhd' | 'smhd' | 'dinf' | 'stsd';
const bytesOfDescription = 16;

/** One track, as it was read from the movie; what cutting finds out of it is added (ngx_http_mp4_trak_t). */
export class Track {
  readonly bytes: Buffer;
  readonly cut: Cut;
  readonly #movieTimescale: number;
  readonly #containers = new Set<Container>();
  readonly plain: Partial<Record<Plain, Part>> = {};
  readonly tables: Partial<Record<TableName, Table>> = {};
  times: HeaderTimes | null = null;
  duration = 0n;
  movieDuration = 0n;

  /** @param bytes the contents of `moov`, which are changed */
  constructor(bytes: Buffer, cut: Cut, movieTimescale: number) {
    this.bytes = bytes;
    this.cut = cut;
    this.#movieTimescale = movieTimescale;
  }

  get timescale(): number {
    return this.times?.timescale ?? 0;
  }

  /** 'skip': nothing of this track is wanted. */
  read(read: (at: number, length: number) => Buffer, data: number, size: number): Step {
    const into = (container: Container, take: TakeAtom): TakeAtom => {
      return (_name, from, length) => {
        if (this.#containers.has(container)) throw duplicate(container);
        this.#containers.add(container);
        return walkAtoms(from, from + length, read, take);
      };
    };
    const among =
      (atoms: Readonly<Record<string, TakeAtom>>): TakeAtom =>
      (name, from, length) =>
        Object.hasOwn(atoms, name) ? atoms[name]!(name, from, length) : 'next';
    const keep: TakeAtom = (name, from, length) => this.#keep(name as Plain, from, length);
    const table: TakeAtom = (name, from, length) => this.#readTable(name as TableName, from, length);
    const tables = Object.fromEntries(Object.keys(tableForms).map((name) => [name, table]));
    const stbl = among({ stsd: keep, ...tables });
    const minf = among({ vmhd: keep, smhd: keep, dinf: keep, stbl: into('stbl', stbl) });
    const mdhd: TakeAtom = (_name, from, length) => this.#readMedia(from, length);
    const mdia = among({ mdhd, hdlr: keep, minf: into('minf', minf) });
    const tkhd: TakeAtom = (_name, from, length) => this.#readHead(from, length);
    return into('trak', among({ tkhd, mdia: into('mdia', mdia) }))('trak', data, size);
  }

  #readHead(data: number, size: number): Step {
    const times = headerTimes(this.bytes, 'tkhd', data, size);
    const left = remaining(times.duration, this.#movieTimescale, this.cut);
    if (this.#isBeforeStart(times.duration, this.#movieTimescale) || left === null) return 'skip';
    this.#keep('tkhd', data, size);
    this.movieDuration = left;
    times.set(left);
    return 'next';
  }

  #readMedia(data: number, size: number): Step {
    const times = headerTimes(this.bytes, 'mdhd', data, size);
    const left = remaining(times.duration, times.timescale, this.cut);
    if (this.#isBeforeStart(times.duration, times.timescale) || left === null) return 'skip';
    this.#keep('mdhd', data, size);
    this.duration = left;
    this.times = times;
    return 'next';
  }

  #isBeforeStart(duration: bigint, timescale: number): boolean {
    return duration <= scaled(this.cut.start, timescale);
  }

  /** An atom that leaves as it is, with a short head. */
  #keep(name: Plain, data: number, size: number): Step {
    if (name === 'stsd' && size < bytesOfDescription) throw tooSmall(name);
    const isMedia = name === 'vmhd' || name === 'smhd';
    if (isMedia && (this.plain.vmhd !== undefined || this.plain.smhd !== undefined))
      throw duplicate('vmhd/smhd');
    if (this.plain[name] !== undefined) throw duplicate(name);
    this.#name(name, data);
    this.bytes.writeUInt32BE(size + 8, data - 8);
    this.plain[name] = { from: data - 8, end: data + size };
    return 'next';
  }

  #readTable(name: TableName, data: number, size: number): Step {
    const { head, entry } = tableForms[name];
    const needed = head - 8;
    if (size < needed) throw tooSmall(name);
    const isOffsets = name === 'stco' || name === 'co64';
    const before = isOffsets ? (this.tables.stco ?? this.tables.co64) : this.tables[name];
    if (before !== undefined) throw duplicate(isOffsets ? 'stco/co64' : name);
    this.#name(name, data);
    const table = data + needed;
    const entries = this.bytes.readUInt32BE(table - 4);
    const isUniform = name === 'stsz' && this.bytes.readUInt32BE(data + 4) !== 0;
    if (!isUniform && needed + entries * entry > size) throw tooSmall(name);
    if (isUniform) this.bytes.writeUInt32BE(head, data - 8);
    this.tables[name] = {
      head: { from: data - 8, end: table },
      data: isUniform ? null : { from: table, end: table + entries * entry },
      entries,
      entrySize: entry,
    };
    return 'next';
  }

  /** Atoms with a size of 64 bits get a short head. */
  #name(name: string, data: number): void {
    this.bytes.write(name, data - 4, 'latin1');
  }

  table(name: TableName): Table & { readonly data: Part } {
    const table = this.tables[name];
    if (table === undefined || table.data === null)
      throw new MovieError(`no mp4 ${name} atoms were found in "%s"`);
    return { ...table, data: table.data };
  }
}
