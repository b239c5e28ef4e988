const units: Readonly<Record<string, number>> = {
  y: 31_536_000,
  M: 2_592_000,
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
  '': 1,
};

/** A value of `expires` that is known at run time only (ngx_http_parse_expires); what cannot be read switches it off. */
export function parseExpires(
  text: string,
  modified: boolean,
): { mode: 'off' | 'epoch' | 'max' | 'access' | 'modified' | 'daily'; seconds: number } {
  if (!modified && (text === 'epoch' || text === 'max')) return { mode: text, seconds: 0 };
  const daily = text.startsWith('@');
  const negative = text.startsWith('-');
  const rest = text.replace(/^[@+-]/, '');
  if (rest === '' || !/^(\d+[yMwdhms]? ?)+$/.test(rest)) return { mode: 'off', seconds: 0 };
  let seconds = 0;
  for (const [, digits, unit] of rest.matchAll(/(\d+)([yMwdhms]?)/g))
    seconds += Number(digits) * units[unit!]!;
  if (daily) return { mode: 'daily', seconds };
  return { mode: modified ? 'modified' : 'access', seconds: negative ? -seconds : seconds };
}
