import type { Template } from '../../3-plan/schema.ts';
import type { Recoder } from '../algorithms/charset.ts';
import { charsetRecoders, isUtf8 } from '../algorithms/charset.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { chained } from '../response/body-filters.ts';
import { isEncoded } from '../response/entity.ts';
import type { HeadFilter } from './module.ts';

/** Makers of recoders by the names of both charsets in lower case, e.g. `koi8-r utf-8`. */
type Tables = ReadonlyMap<string, () => Recoder>;

/** Adds the charset of `charset` to answers of the types it is for, and recodes them from `source_charset` (ngx_http_charset_header_filter). */
export function charsetFilter(cx: EngineContext): HeadFilter | null {
  // A subrequest's answer gets the charset of the main request's, whatever its own location says.
  if (cx.http.settings.charset.length === 0 && cx.http.charsetMaps.length === 0) return refuseOverride(cx);
  const tables = cx.once('charset tables', () => compileTables(cx));
  return (request) => {
    if (request.contentType === '') return;
    const [type = '', ...parameters] = request.contentType.split(';');
    const parameter = parameters.map((each) => /^ *charset="?([^"]*)/i.exec(each)?.[1]).find(Boolean);
    const own = request.charset !== '' ? request.charset : (parameter ?? '');
    const wanted = request === request.main ? destination(cx, request, type, own) : request.main.charset;
    if (wanted === '') return;
    const source = own !== '' ? own : nameOf(cx, request, request.location.charset.source_charset);
    if (source === 'off' || source === '') setCharset(request, wanted);
    else if (source.toLowerCase() === wanted.toLowerCase()) {
      request.contentType = type;
      setCharset(request, wanted);
    } else if (!isEncoded(request)) recode(cx, request, tables, source, wanted, type);
  };
}

/** Where no charset is known, an upstream cannot ask for one (`X-Accel-Charset`). */
function refuseOverride(cx: EngineContext): HeadFilter {
  return (request) => {
    if (request.overrideCharset !== '' && request.contentType !== '' && request === request.main)
      destination(cx, request, '', '');
  };
}

/** The charset that the answer should have (ngx_http_destination_charset); '' when it stays as it is. */
function destination(cx: EngineContext, request: Request, type: string, own: string): string {
  if (request.overrideCharset !== '') {
    const name = request.overrideCharset;
    if (cx.once('charset names', () => knownCharsets(cx)).has(name.toLowerCase())) return name;
    cx.world.log('error', `unknown charset "${name}" to override`, request);
    return '';
  }
  const { charset, charset_types: types, override_charset: overrides } = request.location.charset;
  const value = nameOf(cx, request, charset);
  if (value === 'off') return '';
  if (own !== '') return overrides ? value : '';
  return types.includes('*') || types.includes(type.toLowerCase()) ? value : '';
}

/** Names in lower case that the configuration uses (ngx_http_add_charset). */
function knownCharsets({ http }: EngineContext): ReadonlySet<string> {
  const inSettings = http.settings.charset.flatMap(({ charset, source_charset: from }) => [charset, from]);
  const inMaps = http.charsetMaps.flatMap(({ source, destination: to }) => [source, to]);
  const names = [...inSettings, ...inMaps].filter((name) => typeof name === 'string');
  return new Set(names.map((name) => name.toLowerCase()));
}

function nameOf(cx: EngineContext, request: Request, name: Template): string {
  if (typeof name === 'string') return name;
  return cx.once(name, () => cx.template(name)).evaluate(request);
}

/** Redirects have none: browsers took it for that of the next page (ngx_http_set_charset). */
function setCharset(request: Request, charset: string): void {
  if (request !== request.main) return;
  request.charset = request.status === 301 || request.status === 302 ? '' : charset;
}

function recode(
  cx: EngineContext,
  request: Request,
  tables: Tables,
  source: string,
  wanted: string,
  type: string,
): void {
  const recoder = tables.get(`${source} ${wanted}`.toLowerCase())?.();
  if (recoder === undefined) {
    const text = `no "charset_map" between the charsets "${source}" and "${wanted}"`;
    cx.world.log('error', text, request);
    return;
  }
  request.contentType = type;
  setCharset(request, wanted);
  if (request === request.main && (isUtf8(source) || isUtf8(wanted))) request.contentLengthOut = -1;
  request.bodyFilter = chained(request.bodyFilter, {
    push(bytes) {
      const output = recoder(bytes);
      return output === '' ? [] : [output];
    },
  });
}

function compileTables(cx: EngineContext): Tables {
  const tables = new Map<string, () => Recoder>();
  for (const { source, destination: to, entries } of cx.http.charsetMaps) {
    const { there, back } = charsetRecoders(entries, isUtf8(to));
    tables.set(`${source} ${to}`.toLowerCase(), there);
    tables.set(`${to} ${source}`.toLowerCase(), back);
  }
  return tables;
}
