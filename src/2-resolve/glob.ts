import type { FileReader } from './file-reader.ts';

const magic = /[*?[]/;

/** Whether nginx treats the path as a pattern (ngx_conf_include, strpbrk). */
export function isPattern(path: string): boolean {
  return magic.test(path);
}

/**
 * The paths that match, in the order of glob(3) in the C locale: by bytes. Names that begin with a dot match only a
 * pattern that begins with one. No match is an empty list.
 */
export function glob(pattern: string, reader: FileReader): string[] {
  const parts = pattern.split('/');
  const last = parts.length - 1;
  let bases = [''];
  for (const [at, part] of parts.entries()) {
    if (at === 0 && part === '') continue;
    if (!magic.test(part)) {
      bases = bases.map((base) => `${base}/${part}`);
      continue;
    }
    const matcher = translate(part);
    bases = bases.flatMap((base) =>
      reader
        .list(base === '' ? '/' : base)
        .filter((name) => matcher.test(name) && (part.startsWith('.') || !name.startsWith('.')))
        .map((name) => `${base}/${name}`),
    );
  }
  const literalTail = !magic.test(parts[last]!);
  const existing = literalTail ? bases.filter((path) => 'text' in reader.read(path)) : bases;
  return existing.sort(byBytes);
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One path segment of fnmatch(3) as a regular expression. */
function translate(part: string): RegExp {
  let source = '';
  for (let at = 0; at < part.length; at++) {
    const char = part[at]!;
    if (char === '*') source += '[^]*';
    else if (char === '?') source += '[^]';
    else if (char === '[') {
      const end = part.indexOf(']', at + (part[at + 1] === '!' || part[at + 1] === '^' ? 3 : 2));
      if (end === -1) source += '\\[';
      else {
        const negated = part[at + 1] === '!' || part[at + 1] === '^';
        const set = part.slice(at + (negated ? 2 : 1), end).replace(/[\\\]^]/g, '\\$&');
        source += `[${negated ? '^' : ''}${set}]`;
        at = end;
      }
    } else if (char === '\\' && at + 1 < part.length) source += escape(part[++at]!);
    else source += escape(char);
  }
  return new RegExp(`^${source}$`);
}

function escape(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}
