import type { EngineContext } from '../context.ts';
import { trailerLines } from '../proxy/trailers.ts';
import type { Request } from '../request.ts';
import type { VariableSpec, Variables } from './variables.ts';

/** `$http_*`, `$sent_http_*`, `$upstream_http_*`, `$arg_*`, `$cookie_*` and their like. */
export function defineHeaderVariables(variables: Variables, cx: EngineContext): void {
  // Since 1.23.0 repeated lines are joined; before, most variables showed the first line.
  const joins = cx.since('1.23.0');
  variables.family('http_', (suffix) => {
    const name = suffix.replaceAll('_', '-');
    const separator = name === 'cookie' ? '; ' : ', ';
    const join = joins || name === 'cookie' || name === 'x-forwarded-for';
    return uncached((request) => lines(request.headers, name, join ? separator : null));
  });
  variables.family('sent_http_', (suffix) => {
    const name = suffix.replaceAll('_', '-');
    // The first value is kept, even where it was asked for before there was any.
    const join = joins || name === 'cache-control' || name === 'link';
    return { cached: true, get: (request) => sentHeader(request, name, join) };
  });
  variables.family('upstream_http_', (suffix) => {
    const name = suffix.replaceAll('_', '-');
    return uncached((request) =>
      request.upstream === null ? null : lines(request.upstream.headers, name, joins ? ', ' : null),
    );
  });
  variables.family('upstream_cookie_', (suffix) =>
    uncached((request) => (request.upstream === null ? null : setCookie(request.upstream.headers, suffix))),
  );
  variables.family('upstream_trailer_', (suffix) => {
    const name = suffix.replaceAll('_', '-');
    return uncached((request) =>
      request.upstream === null ? null : lines(trailerLines(request.upstream.trailers), name, ', '),
    );
  });
  variables.family('sent_trailer_', (suffix) => {
    const name = suffix.replaceAll('_', '-');
    return { cached: true, get: (request) => flat(request.trailersOut, name, joins) };
  });
  variables.family('cookie_', (suffix) => uncached((request) => cookie(request.headers, suffix)));
  variables.family('arg_', (suffix) => uncached((request) => argument(request.args, suffix)));
}

function uncached(get: (request: Request) => string | null): VariableSpec {
  return { cached: false, get };
}

/** Values of `name` joined by `separator`; the first alone when it is null. Null when there is no such line. */
export function lines(headers: readonly string[], name: string, separator: string | null): string | null {
  let value: string | null = null;
  for (let at = 1; at < headers.length; at += 3) {
    if (!sameName(headers[at]!, name)) continue;
    if (separator === null) return headers[at + 1]!;
    value = value === null ? headers[at + 1]! : value + separator + headers[at + 1]!;
  }
  return value;
}

/** Variables have underscores for hyphens, and find headers with underscores too (ngx_http_variable_unknown_header). */
function sameName(header: string, name: string): boolean {
  return header === name || (header.length === name.length && header.replaceAll('_', '-') === name);
}

function flat(headers: readonly string[], name: string, join: boolean): string | null {
  let value: string | null = null;
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]!.toLowerCase() !== name) continue;
    if (!join) return headers[at + 1]!;
    value = value === null ? headers[at + 1]! : `${value}, ${headers[at + 1]!}`;
  }
  return value;
}

/** ngx_http_variable_sent_*: headers that stand outside the list have rules of their own. */
function sentHeader(request: Request, name: string, join: boolean): string | null {
  if (name === 'content-type' && request.contentType !== '')
    return request.charset === '' || request.httpVersion < 1000
      ? request.contentType
      : `${request.contentType}; charset=${request.charset}`;
  if (name === 'content-length' && request.contentLengthOut >= 0) return String(request.contentLengthOut);
  if (name === 'location' && request.redirect !== null) return request.redirect;
  if (name === 'transfer-encoding') return request.chunked ? 'chunked' : null;
  if (name === 'connection') {
    if (request.status === 101) return 'upgrade';
    return request.keepalive ? 'keep-alive' : 'close';
  }
  if (name === 'last-modified' && request.lastModified >= 0)
    return new Date(request.lastModified * 1000).toUTCString();
  if (name === 'etag' && request.etag !== '') return request.etag;
  return flat(request.headersOut, name, join);
}

/** ngx_http_arg: the first argument of that name, in any case, as it was sent. */
export function argument(args: string, name: string): string | null {
  if (args === '') return null;
  const wanted = name.toLowerCase();
  for (const pair of args.split('&')) {
    if (
      pair.length > name.length &&
      pair[name.length] === '=' &&
      pair.slice(0, name.length).toLowerCase() === wanted
    )
      return pair.slice(name.length + 1);
  }
  return null;
}

/** ngx_http_parse_cookie_lines: names in any case. */
export function cookie(headers: readonly string[], name: string): string | null {
  const wanted = name.toLowerCase();
  for (let at = 1; at < headers.length; at += 3) {
    if (headers[at] !== 'cookie') continue;
    for (const pair of headers[at + 1]!.split(';')) {
      const equals = pair.indexOf('=');
      if (equals !== -1 && pair.slice(0, equals).trim().toLowerCase() === wanted)
        return pair.slice(equals + 1).replace(/^ +/, '');
    }
  }
  return null;
}

const setCookieLine = /^ *= *([^;]*)/;

/** ngx_http_parse_set_cookie_lines: names in any case; only spaces may stand around the equals sign. */
function setCookie(headers: readonly string[], name: string): string | null {
  const wanted = name.toLowerCase();
  for (let at = 1; at < headers.length; at += 3) {
    if (headers[at] !== 'set-cookie') continue;
    const line = headers[at + 1]!;
    if (line.slice(0, wanted.length).toLowerCase() !== wanted) continue;
    const value = setCookieLine.exec(line.slice(wanted.length));
    if (value !== null) return value[1]!;
  }
  return null;
}
