import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import { cacheEtag, cacheLastModified } from '../proxy/cache-conditions.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { HeadWriter } from '../proxy/request-head.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';
import { beginRequest, mostContent, nameValue, record, recordTypes } from './records.ts';

interface Param {
  readonly name: string;
  readonly value: CompiledTemplate;
  readonly skipEmpty: boolean;
}

/** What takes the place of the client's conditions and ranges with a cache (ngx_http_fastcgi_cache_headers). */
const cacheConditions: readonly (readonly [name: string, value: (exchange: Exchange) => string | null])[] = [
  ['HTTP_IF_MODIFIED_SINCE', cacheLastModified],
  ['HTTP_IF_UNMODIFIED_SINCE', () => null],
  ['HTTP_IF_NONE_MATCH', cacheEtag],
  ['HTTP_IF_MATCH', () => null],
  ['HTTP_RANGE', () => null],
  ['HTTP_IF_RANGE', () => null],
];

/** `fastcgi_param` and the client's headers as the records that begin a request (ngx_http_fastcgi_create_request). */
export function compileParams(cx: EngineContext, { fastcgi }: AllSettings): HeadWriter {
  const params: Param[] = fastcgi.fastcgi_param.map(({ name, value, skipEmpty }) => ({
    name,
    value: cx.template(value),
    skipEmpty,
  }));
  const has = (name: string): boolean => params.some((each) => each.name.toUpperCase() === name);
  if (cx.since('1.29.5') && !has('HTTP_HOST'))
    params.push({ name: 'HTTP_HOST', value: cx.template(hostValue), skipEmpty: true });
  // A parameter with a header's name stands for the header; one with an empty text just hides it.
  const isHeader = ({ name }: Param): boolean => name.startsWith('HTTP_') && name.length > 5;
  const hidden = new Set(params.filter(isHeader).map(({ name }) => name.slice(5).toLowerCase()));
  const conditions = cacheConditions.filter(([name]) => !has(name)).map(([name, value]) => ({ name, value }));
  const hiddenByCache = new Set([...hidden, ...cacheConditions.map(([name]) => name.slice(5).toLowerCase())]);
  const sent = params.filter((param) => !isHeader(param) || param.value.constant !== '');
  const begin = beginRequest(fastcgi.fastcgi_keep_conn);
  const end = record(recordTypes.params, '');
  const joins = cx.since('1.23.0');
  return {
    write(request, exchange) {
      exchange.method = request.method;
      exchange.keepsConnection = fastcgi.fastcgi_keep_conn;
      let content = '';
      for (const { name, value, skipEmpty } of sent) {
        const text = value.constant ?? value.evaluate(request);
        if (text !== '' || !skipEmpty) content += nameValue(name, text);
      }
      if (exchange.cacheable) {
        for (const { name, value } of conditions) {
          const text = value(exchange);
          if (text !== null) content += nameValue(name, text);
        }
      }
      if (fastcgi.fastcgi_pass_request_headers)
        content += headerParams(request, exchange.cacheable ? hiddenByCache : hidden, joins);
      if (content.length > mostContent) {
        cx.world.log('alert', `fastcgi request record is too big: ${content.length}`, request);
        return null;
      }
      return begin + (content === '' ? '' : record(recordTypes.params, content)) + end;
    },
  };
}

/** nginx names the host that it has understood (`HTTP_HOST`). */
const hostValue = [{ var: 'host' }, { var: 'is_request_port' }, { var: 'request_port' }];

/** The client's headers as `HTTP_…`; lines of one name become one since 1.23.0. */
function headerParams({ headers }: Request, hidden: ReadonlySet<string>, joins: boolean): string {
  let content = '';
  for (let at = 0; at < headers.length; at += 3) {
    const lower = headers[at + 1]!;
    if (hidden.has(lower.replaceAll('-', '_'))) continue;
    let value = headers[at + 2]!;
    if (joins) {
      if (firstLine(headers, lower) !== at) continue;
      for (let next = at + 3; next < headers.length; next += 3)
        if (headers[next + 1] === lower) value += (lower === 'cookie' ? '; ' : ', ') + headers[next + 2]!;
    }
    content += nameValue(`HTTP_${lower.toUpperCase().replaceAll('-', '_')}`, value);
  }
  return content;
}

/** Where the first line of a header begins in the list. */
function firstLine(headers: readonly string[], lower: string): number {
  let at = 0;
  while (headers[at + 1] !== lower) at += 3;
  return at;
}
