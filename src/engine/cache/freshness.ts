import type { CacheValid } from '../../3-plan/schema/cache.ts';
import { parseHttpDate } from '../algorithms/http-date.ts';
import { longestVary } from './file-header.ts';

/** What the headers of an answer say about keeping it; changed by {@link readFreshness}. Times are seconds. */
export interface Freshness {
  /** Until when it is good; 0: nothing was said. */
  validSec: number;
  /** How much longer it may be used while a new one is fetched, and when that fails. */
  updatingSec: number;
  errorSec: number;
  vary: string;
  /** It must not be kept: by a header of its own, or because it is too old. */
  forbidden: boolean;
  noCache: boolean;
  expired: boolean;
}

const maxTime = Number.MAX_SAFE_INTEGER;

/**
 * Goes through the headers in their order (the handlers of ngx_http_upstream_headers_in).
 *
 * @param headers flat: name, lower-case name, value
 * @param ignored names of `proxy_ignore_headers`
 * @param now seconds since the epoch
 */
export function readFreshness(
  state: Freshness,
  headers: readonly string[],
  ignored: readonly string[],
  now: number,
): void {
  state.noCache = false;
  state.expired = false;
  const seen: Seen = { accelExpires: false, vary: [] };
  for (let at = 0; at < headers.length; at += 3) {
    const reader = readers.get(headers[at + 1]!);
    if (reader === undefined) continue;
    if (headers[at + 1] === 'x-accel-expires') seen.accelExpires = true;
    if (!ignored.includes(reader.name)) reader.read(state, headers[at + 2]!, now, seen);
  }
}

interface Seen {
  accelExpires: boolean;
  readonly vary: string[];
}

interface Reader {
  readonly name: string;
  readonly read: (state: Freshness, value: string, now: number, seen: Seen) => void;
}

/** By lower-case name. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['set-cookie', { name: 'Set-Cookie', read: (state) => (state.forbidden = true) }],
  ['cache-control', { name: 'Cache-Control', read: readCacheControl }],
  ['expires', { name: 'Expires', read: readExpires }],
  ['x-accel-expires', { name: 'X-Accel-Expires', read: readAccelExpires }],
  ['vary', { name: 'Vary', read: readVary }],
]);

/** ngx_http_upstream_process_cache_control */
function readCacheControl(state: Freshness, value: string, now: number, seen: Seen): void {
  const text = value.toLowerCase();
  if (state.validSec === 0 || !seen.accelExpires) {
    if (text.includes('no-cache') || text.includes('no-store') || text.includes('private')) {
      state.noCache = true;
      return;
    }
    const age = deltaSeconds(text, 's-maxage=') ?? deltaSeconds(text, 'max-age=');
    if (age === 'invalid') {
      state.forbidden = true;
      return;
    }
    if (age === 0) {
      state.noCache = true;
      return;
    }
    if (age !== null) {
      state.validSec = Math.min(now + age, maxTime);
      state.expired = false;
    }
  }
  const updating = deltaSeconds(text, 'stale-while-revalidate=');
  if (updating === 'invalid') {
    state.forbidden = true;
    return;
  }
  if (updating !== null) state.updatingSec = state.errorSec = updating;
  const error = deltaSeconds(text, 'stale-if-error=');
  if (error === 'invalid') state.forbidden = true;
  else if (error !== null) state.errorSec = error;
}

/** The number behind `name`; null without (ngx_http_upstream_process_delta_seconds). */
function deltaSeconds(text: string, name: string): number | 'invalid' | null {
  const start = text.indexOf(name);
  if (start === -1) return null;
  const [digits = ''] = /^[^,; ]*/.exec(text.slice(start + name.length)) ?? [];
  return /^\d*$/.test(digits) ? Math.min(Number(digits), maxTime) : 'invalid';
}

/** ngx_http_upstream_process_expires */
function readExpires(state: Freshness, value: string, now: number): void {
  if (state.validSec !== 0) return;
  const date = parseHttpDate(value);
  if (date === null || date < now) state.expired = true;
  else state.validSec = date;
}

/** ngx_http_upstream_process_accel_expires: seconds from now, or `@` and seconds since the epoch. What ngx_atoi refuses says nothing. */
function readAccelExpires(state: Freshness, value: string, now: number): void {
  const absolute = value.startsWith('@');
  const digits = absolute ? value.slice(1) : value;
  if (!/^\d{1,18}$/.test(digits)) return;
  const seconds = Number(digits);
  if (!absolute && seconds === 0) {
    state.forbidden = true;
    return;
  }
  state.validSec = absolute ? seconds : now + seconds;
  state.noCache = false;
  state.expired = false;
}

/** ngx_http_upstream_process_vary */
function readVary(state: Freshness, value: string, _now: number, seen: Seen): void {
  if (state.forbidden) return;
  if (value === '*') {
    state.forbidden = true;
    return;
  }
  seen.vary.push(value);
  state.vary = seen.vary.join(', ');
  if (state.vary.length > longestVary) state.forbidden = true;
}

/** `proxy_cache_valid` for a status, in seconds; 0 when nothing is said (ngx_http_file_cache_valid). */
export function validFor(rules: readonly CacheValid[], status: number): number {
  return rules.find((rule) => rule.status === 0 || rule.status === status)?.seconds ?? 0;
}
