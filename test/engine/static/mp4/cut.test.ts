import { describe, expect, test } from 'vitest';
import { cutMovie } from '../../../../src/engine/static/mp4/cut.ts';
import type { Cut } from '../../../../src/engine/static/mp4/movie.ts';
import { MovieError } from '../../../../src/engine/static/mp4/movie.ts';
import {
  atom,
  damage,
  drawing,
  drawMovie,
  movie,
  words,
  type MovieShape,
  type TrackShape,
} from './movies.ts';

const track: TrackShape = {
  timescale: 100,
  samples: Array.from({ length: 10 }, (_, index) => ({
    duration: 100,
    size: 4,
    offset: 0,
    key: index % 4 === 0,
  })),
  chunks: [3, 3, 3, 1],
  long: false,
  wide: false,
  uniform: false,
  keys: true,
  compositions: false,
  edits: false,
  sound: false,
  extra: false,
};
const shape: MovieShape = {
  tracks: [track],
  long: false,
  mediaFirst: false,
  longSizes: false,
  type: true,
  extra: false,
};
const buffers = { usual: 524_288, largest: 10_485_760 };

const cut = (bytes: Buffer, wanted: Partial<Cut>, sizes = buffers): Buffer => {
  const read = (at: number, length: number): Buffer => Buffer.from(bytes.subarray(at, at + length));
  const found = cutMovie(read, bytes.length, { start: 0, length: 0, fromKeyFrame: false, ...wanted }, sizes);
  return found === null ? bytes : Buffer.concat([found.head, bytes.subarray(found.from, found.end)]);
};

/** The numbers that the data of a movie's samples consist of, one for each sample of 4 bytes. */
const samplesOf = (bytes: Buffer): number[] => {
  const data = bytes.subarray(bytes.indexOf('mdat') + 4);
  return Array.from({ length: data.length / 4 }, (_, index) => data[index * 4]!);
};
/** The words of a table behind version and flags. */
const tableOf = (bytes: Buffer, name: string): number[] => {
  const at = bytes.indexOf(name);
  const size = bytes.readUInt32BE(at - 4);
  return Array.from({ length: (size - 12) / 4 }, (_, index) => bytes.readUInt32BE(at + 8 + index * 4));
};

describe('a part of a movie', () => {
  test('has the samples of that time, and tables that say so', () => {
    const part = cut(movie(shape), { start: 4000, length: 3000 });
    expect(samplesOf(part)).toEqual([4, 5, 6]);
    expect(tableOf(part, 'stts')).toEqual([1, 3, 100]);
    // Two of the second chunk, one of the third.
    expect(tableOf(part, 'stsc')).toEqual([2, 1, 2, 1, 2, 1, 1]);
    expect(tableOf(part, 'stsz')).toEqual([0, 3, 4, 4, 4]);
    expect(tableOf(part, 'stss')).toEqual([1, 1]);
    const data = part.indexOf('mdat') + 4;
    expect(tableOf(part, 'stco')).toEqual([2, data, data + 8]);
    expect(part.readUInt32BE(part.indexOf('mvhd') + 20)).toBe(1800);
  });

  test('begins with the last key frame where that is wanted, and tells where to begin', () => {
    const part = cut(movie(shape), { start: 6500, fromKeyFrame: true });
    expect(samplesOf(part)).toEqual([4, 5, 6, 7, 8, 9]);
    const list = part.indexOf('elst') + 4;
    expect(part.readUInt32BE(list + 20)).toBe(200);
    expect(samplesOf(cut(movie(shape), { start: 6500 }))).toEqual([6, 7, 8, 9]);
  });

  test('is the whole file where its tables come first and nothing is left out', () => {
    const bytes = movie(shape);
    expect(cut(bytes, {})).toBe(bytes);
    const turned = cut(movie({ ...shape, mediaFirst: true }), {});
    expect(turned.indexOf('moov')).toBeLessThan(turned.indexOf('mdat'));
    expect(samplesOf(turned)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('leaves out tracks that are over', () => {
    const short = { ...track, samples: track.samples.slice(0, 3), chunks: [3] };
    const part = cut(movie({ ...shape, tracks: [short, track] }), { start: 5000 });
    expect(part.toString('latin1').split('trak')).toHaveLength(2);
    expect(samplesOf(part)).toEqual([105, 106, 107, 108, 109]);
  });
});

describe('a movie that is refused', () => {
  const moov = (...contents: Buffer[]): Buffer =>
    Buffer.concat([atom('moov', ...contents), atom('mdat', words(1))]);
  const long = atom('ftyp', Buffer.alloc(1025));
  test.each([
    ['has no tracks', moov(), 'no mp4 trak atoms were found in "%s"'],
    ['ends before', Buffer.from([0, 0, 0]), '"%s" mp4 file truncated'],
    ['has an atom without room for its head', words(4, 0), '"%s" mp4 atom is too small:4'],
    ['has an atom that is longer than the file', words(9, 0), '"%s" mp4 atom too large:9'],
    ['has a type that is too long', long, '"%s" mp4 ftyp atom is too large:1025'],
    ['is compressed', moov(atom('cmov')), '"%s" mp4 compressed moov atom (cmov) is not supported'],
    ['has a short header', moov(atom('mvhd', words(0))), '"%s" mp4 mvhd atom too small'],
    ['has a track without times', moov(atom('trak', atom('mdia'))), 'no mp4 stts atoms were found in "%s"'],
    [
      'has two of what there is one',
      Buffer.concat([atom('ftyp'), atom('ftyp')]),
      'duplicate mp4 ftyp atom in "%s"',
    ],
  ])('%s', (_name, bytes, message) => {
    expect(() => cut(bytes, { start: 1 })).toThrow(message);
  });

  test('has tables larger than mp4_max_buffer_size', () => {
    const sizes = { usual: 64, largest: 256 };
    expect(() => cut(movie(shape), { start: 1 }, sizes)).toThrow(
      'you may want to increase mp4_max_buffer_size',
    );
  });

  test('is over before the time that is wanted', () => {
    expect(() => cut(movie(shape), { start: 11_000 })).toThrow('"%s" mp4 start time exceeds file duration');
  });

  test('is told by a message and never by anything else, however it is damaged', () => {
    const draw = drawing(11);
    for (let count = 0; count < 1500; count++) {
      const bytes = damage(movie(drawMovie(draw)), draw);
      try {
        cut(bytes, { start: draw(6000), length: draw(4000), fromKeyFrame: draw(2) === 0 });
      } catch (error) {
        if (!(error instanceof RangeError)) expect(error).toBeInstanceOf(MovieError);
      }
    }
  });
});
