import { posix } from 'node:path';
import type { CheckContext } from './check-context.ts';
import type { Place, Problem } from './problem.ts';
import { directiveProblem, problem } from './problem.ts';
import { Slot } from './store.ts';
import { parseNumber } from './values/number.ts';

interface DirectoryUse {
  readonly levels: readonly number[];
  /** What uses the directory; temporary paths have none and may share it. */
  readonly owner: object | null;
  readonly place: Place | null;
}

const directories = new Slot('directories', () => new Map<string, DirectoryUse>());

/** ngx_conf_full_name: a path as nginx completes it, from the prefix or the directory of its main file. */
export function fullName(
  cx: CheckContext,
  path: string,
  base: 'prefix' | 'configuration' = 'prefix',
): string {
  if (path.startsWith('/')) return path;
  return (base === 'prefix' ? cx.prefix : cx.confPrefix) + path;
}

/** ngx_add_path: two users of one directory have to agree on its levels, and caches share none. */
export function addDirectory(
  cx: CheckContext,
  path: string,
  levels: readonly number[],
  owner: object | null,
): Problem | null {
  const name = fullName(cx, path.endsWith('/') ? path.slice(0, -1) : path);
  const known = cx.cycle.get(directories);
  const before = known.get(name);
  if (before === undefined) {
    known.set(name, { levels, owner, place: cx.place });
    return null;
  }
  const at = before.place === null ? '' : ` in ${cx.placeText(before.place)}`;
  if (before.owner !== owner)
    return problem('conflict', `the same path name "${name}" used${at} and`, { word: 0 });
  if (before.levels.length !== levels.length || before.levels.some((level, index) => level !== levels[index]))
    return problem('conflict', `the same path name "${name}"${at} has the different levels than`, {
      word: 0,
    });
  return null;
}

/** ngx_conf_set_path_slot: a directory and up to three levels of subdirectories. */
export function checkPath(cx: CheckContext): Problem | null {
  const levels: number[] = [];
  let length = 0;
  for (let index = 1; index < cx.values.length; index++) {
    const level = parseNumber(cx.arg(index));
    if (level === null || level === 0)
      return directiveProblem(cx.name, 'invalid-value', 'invalid value', { word: index });
    levels.push(level);
    length += level + 1;
  }
  if (length > 10 + levels.length)
    return directiveProblem(cx.name, 'invalid-value', 'invalid value', { word: 1 });
  return addDirectory(cx, cx.arg(0), levels, null);
}

/** The directory part of a path, with a slash at its end. */
export function directoryOf(path: string): string {
  const directory = posix.dirname(path);
  return directory.endsWith('/') ? directory : `${directory}/`;
}
