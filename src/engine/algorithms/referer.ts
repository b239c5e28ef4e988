import type { NameTable } from './name-table.ts';

/** What `valid_referers` says, made ready. */
export interface ValidReferers {
  /** Nothing but words such as `none`: every referer is valid. */
  readonly empty: boolean;
  readonly none: boolean;
  readonly blocked: boolean;
  /** Host to the path that must follow, '' for any. */
  readonly hosts: NameTable<string>;
  /** Tests of the text after the scheme (`~…` words) and of the host alone (regex server names). */
  readonly patterns: readonly ((text: string) => boolean)[];
  readonly hostPatterns: readonly ((host: string) => boolean)[];
}

const shortest = 'http://i.ru'.length;

/** Whether `$invalid_referer` is empty for this `Referer` header, null when there is none (ngx_http_referer_variable). */
export function isValidReferer(referer: string | null, valid: ValidReferers): boolean {
  if (valid.empty) return true;
  if (referer === null) return valid.none;
  const scheme = referer.length >= shortest ? /^https?:\/\//i.exec(referer) : null;
  if (scheme === null) return valid.blocked;
  const rest = referer.slice(scheme[0].length);
  const host = /^[^/:]*/.exec(rest)![0].toLowerCase();
  if (host.length > 256) return false;
  const path = valid.hosts.find(host);
  if (path !== undefined) {
    const slash = rest.indexOf('/', host.length);
    return (slash === -1 ? '' : rest.slice(slash)).startsWith(path);
  }
  return (
    valid.hostPatterns.some((matches) => matches(host)) || valid.patterns.some((matches) => matches(rest))
  );
}
