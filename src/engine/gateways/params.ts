import type { GatewayParam } from '../../3-plan/schema/gateways.ts';
import type { EngineContext } from '../context.ts';
import { cacheEtag, cacheLastModified } from '../proxy/cache-conditions.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';

interface Param {
  readonly name: string;
  readonly value: CompiledTemplate;
  readonly skipEmpty: boolean;
}

/** How a protocol writes one parameter. */
type Pair = (name: string, value: string) => string;

/** What takes the place of the client's conditions and ranges with a cache (ngx_http_fastcgi_cache_headers). */
const cacheConditions: readonly (readonly [name: string, value: (exchange: Exchange) => string | null])[] = [
  ['HTTP_IF_MODIFIED_SINCE', cacheLastModified],
  ['HTTP_IF_UNMODIFIED_SINCE', () => null],
  ['HTTP_IF_NONE_MATCH', cacheEtag],
  ['HTTP_IF_MATCH', () => null],
  ['HTTP_RANGE', () => null],
  ['HTTP_IF_RANGE', () => null],
];

/**
 * `fastcgi_param`, `uwsgi_param` or `scgi_param` and the client's headers, one after the other as `pair` writes them
 * (ngx_http_fastcgi_create_request and its like).
 */
export function compileParams(
  cx: EngineContext,
  list: readonly GatewayParam[],
  passHeaders: boolean,
  pair: Pair,
): (request: Request, exchange: Exchange) => string {
  const params: Param[] = list.map(({ name, value, skipEmpty }) => ({
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
  const joins = cx.since('1.23.0');
  return (request, exchange) => {
    let content = '';
    for (const { name, value, skipEmpty } of sent) {
      const text = value.constant ?? value.evaluate(request);
      if (text !== '' || !skipEmpty) content += pair(name, text);
    }
    if (exchange.cacheable) {
      for (const { name, value } of conditions) {
        const text = value(exchange);
        if (text !== null) content += pair(name, text);
      }
    }
    if (!passHeaders) return content;
    return content + headerParams(request, exchange.cacheable ? hiddenByCache : hidden, joins, pair);
  };
}

/** nginx names the host that it has understood (`HTTP_HOST`). */
const hostValue = [{ var: 'host' }, { var: 'is_request_port' }, { var: 'request_port' }];

/** The client's headers as `HTTP_…`; lines of one name become one since 1.23.0. */
function headerParams({ headers }: Request, hidden: ReadonlySet<string>, joins: boolean, pair: Pair): string {
  const names: string[] = [];
  const values: string[] = [];
  /** Where a name stands in both lists. */
  const places = new Map<string, number>();
  for (let at = 0; at < headers.length; at += 3) {
    const lower = headers[at + 1]!;
    if (hidden.has(lower.replaceAll('-', '_'))) continue;
    const place = joins ? places.get(lower) : undefined;
    if (place !== undefined) values[place] += (lower === 'cookie' ? '; ' : ', ') + headers[at + 2]!;
    else {
      places.set(lower, names.length);
      names.push(`HTTP_${lower.toUpperCase().replaceAll('-', '_')}`);
      values.push(headers[at + 2]!);
    }
  }
  let content = '';
  for (const [place, name] of names.entries()) content += pair(name, values[place]!);
  return content;
}
