/** What a server said, and when it had said it: milliseconds since 1970. */
export interface Said {
  readonly text: string;
  readonly at: number;
}

/** How far two servers, or two hops of one, may be apart: seconds, on a machine that is busy. */
const slack = 30;
/** Times farther from the present are not made of it: dates of files, of 1970, of 2037. */
const near = 366 * 24 * 3600;

/** How times are written that a server makes of the present; `read` gives seconds since 1970, NaN for what is none. */
const notations: readonly { readonly pattern: RegExp; readonly read: (written: string) => number }[] = [
  {
    pattern: /\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\b/g,
    read: (written) => {
      const time = Date.parse(written);
      return Number.isNaN(time) || new Date(time).toUTCString() !== written ? NaN : time / 1000;
    },
  },
  // The first half of a file's ETag: when it was written.
  { pattern: /(?<=")[0-9a-f]{8}(?=-[0-9a-f]+")/g, read: (written) => parseInt(written, 16) },
];

/**
 * What `ours` said, with each time near the present written as in what `theirs` said, where both say the same. They
 * do where the time is the same, or is as far (give or take {@link slack}) from the moment when it was said:
 * an hour from now is an hour from now for both, though neither reads its clock when the other does. The first time is
 * compared with the first one, and so on: where one is missing, or is another, the texts stay different.
 */
export function withTimesOf(theirs: Said, ours: Said): string {
  return notations.reduce((text, { pattern, read }) => {
    const known = theirs.text.match(pattern) ?? [];
    let index = 0;
    return text.replace(pattern, (written) => {
      const other = known[index++];
      if (other === undefined) return written;
      const [fromTheirs, fromOurs] = [read(other) - theirs.at / 1000, read(written) - ours.at / 1000];
      if (!(Math.abs(fromTheirs) < near && Math.abs(fromOurs) < near)) return written;
      return Math.abs(fromTheirs - fromOurs) <= slack ? other : written;
    });
  }, ours.text);
}
