import { parseSeconds } from './time.ts';

/** When an answer ends, as `expires` says it. */
export interface ExpiresValue {
  readonly mode: 'off' | 'epoch' | 'max' | 'access' | 'modified' | 'daily';
  readonly seconds: number;
}

const secondsOfDay = 86_400;

/**
 * A value of `expires` without variables, or with what they were; `modified` when that word stands before it
 * (ngx_http_parse_expires in src/http/modules/ngx_http_headers_filter_module.c).
 */
export function parseExpires(text: string, modified: boolean): ExpiresValue | { readonly error: string } {
  if (!modified && (text === 'epoch' || text === 'max' || text === 'off')) return { mode: text, seconds: 0 };
  const daily = text.startsWith('@');
  if (daily && modified) return { error: 'daily time cannot be used with "modified" parameter' };
  const seconds = parseSeconds(text.replace(/^[@+-]/, ''));
  if (seconds === null) return { error: 'invalid value' };
  if (daily && seconds > secondsOfDay) return { error: 'daily time value must be less than 24 hours' };
  if (daily) return { mode: 'daily', seconds };
  return { mode: modified ? 'modified' : 'access', seconds: text.startsWith('-') ? -seconds : seconds };
}
