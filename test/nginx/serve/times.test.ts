import { describe, expect, it } from 'vitest';
import { withTimesOf } from './times.ts';

const now = Date.UTC(2026, 10, 28, 18, 59, 59, 600);
const at = (seconds: number): string => new Date(now + seconds * 1000).toUTCString();
const tag = (seconds: number): string => `ETag: "${Math.floor(now / 1000 + seconds).toString(16)}-3"`;

/** Whether both texts count as the same, heard `later` seconds one after the other. */
const same = (theirs: string, ours: string, later = 0): boolean =>
  withTimesOf({ text: theirs, at: now }, { text: ours, at: now + later * 1000 }) === theirs;

describe('the same to a comparison', () => {
  it.each([0, 1, 2, 5, -3])('are dates of now that are %d s apart', (apart) => {
    expect(same(`Date: ${at(0)}\r\nX: y`, `Date: ${at(apart)}\r\nX: y`)).toBe(true);
  });

  it.each([-1, 30, 59, 60, 300, 600, 3599, 3600, 86_400])(
    'are dates %d s from now, a second apart',
    (from) => {
      for (const apart of [-1, 0, 1]) {
        expect(same(`Expires: ${at(from)}`, `Expires: ${at(from + apart)}`)).toBe(true);
        expect(same(`Expires: ${at(from)}`, `Expires: ${at(from + apart + 90)}`, 90)).toBe(true);
      }
    },
  );

  it('are a time of the day, whenever it is asked for', () => {
    expect(same(`Expires: ${at(5000)}`, `Expires: ${at(5000)}`, 600)).toBe(true);
  });

  it('are tags of files that were written a second apart', () => {
    expect(same(tag(0), tag(1))).toBe(true);
  });

  it('are several dates, each with its own', () => {
    const said = (hop: number): string => `Date: ${at(hop)}\r\nExpires: ${at(3600 + hop)}\r\n${tag(hop)}`;
    expect(same(said(0), said(1))).toBe(true);
  });
});

describe('different to a comparison', () => {
  it.each([
    ['a missing date', `Date: ${at(0)}\r\nX: y`, 'X: y'],
    ['a date too many', 'X: y', `Date: ${at(0)}\r\nX: y`],
    ['a date that is late', `Date: ${at(0)}`, `Date: ${at(-120)}`],
    ['two hours for one', `Expires: ${at(3600)}`, `Expires: ${at(7200)}`],
    ['an hour for no time', `Expires: ${at(0)}`, `Expires: ${at(3600)}`],
    ['1970 for now', `Expires: ${at(0)}`, 'Expires: Thu, 01 Jan 1970 00:00:01 GMT'],
    ['now for 2037', 'Expires: Thu, 31 Dec 2037 23:55:55 GMT', `Expires: ${at(0)}`],
    ['a file one second older', 'Wed, 01 Jan 2020 00:00:01 GMT', 'Wed, 01 Jan 2020 00:00:00 GMT'],
    ['a tag of a file one second older', 'ETag: "5e0be101-3"', 'ETag: "5e0be100-3"'],
    ['another length in a tag', tag(0), tag(0).replace('-3', '-4')],
    ['the wrong day of the week', `Date: ${at(0)}`, `Date: ${at(0).replace('Sat', 'Sun')}`],
    ['a date in another form', `Date: ${at(0)}`, `Date: ${at(0).replace('GMT', 'UTC')}`],
    ['another header', `Date: ${at(0)}`, `Expires: ${at(0)}`],
  ])('is %s', (_, theirs, ours) => {
    expect(same(theirs, ours)).toBe(false);
  });

  it('is a time that was an hour from then for one that is an hour from now', () => {
    expect(same(`Expires: ${at(3600)}`, `Expires: ${at(3600 - 60)}`, 60)).toBe(false);
  });
});
