import type { PathCacheLimits } from './path-cache.ts';

/** The words of `open_log_file_cache` as numbers; null when it is off (ngx_http_log_open_file_cache). */
export function pathCacheLimits(words: readonly string[]): PathCacheLimits | null {
  if (words.length === 0 || words.includes('off')) return null;
  const value = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  return {
    max: Number(value('max') ?? 0),
    inactive: secondsOf(value('inactive') ?? '10'),
    valid: secondsOf(value('valid') ?? '60'),
    minUses: Number(value('min_uses') ?? 1),
  };
}

const unitSeconds: Readonly<Record<string, number>> = {
  y: 31_536_000,
  M: 2_592_000,
  w: 604_800,
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
  '': 1,
};

/** Seconds of a time such as `1h30m` or `20`. */
function secondsOf(text: string): number {
  return [...text.matchAll(/(\d+)([yMwdhms]?)/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * unitSeconds[unit!]!,
    0,
  );
}
