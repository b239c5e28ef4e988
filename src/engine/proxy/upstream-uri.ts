import { escapeUri } from '../algorithms/escape-uri.ts';
import type { Request } from '../request.ts';
import type { Exchange } from './exchange.ts';

/** The target for the upstream: the URL's own with variables, the client's raw one, or the mapped path. */
export function upstreamUri(request: Request, exchange: Exchange): string {
  const { uri } = exchange.target;
  if (exchange.proxy.url !== null && uri !== '') return uri.startsWith('?') ? `/${uri}` : uri;
  if (uri === '' && request.validUnparsedUri) return request.unparsedUri;
  const cut =
    request.validLocation && uri !== '' ? Math.min(exchange.proxy.prefixLength, request.uri.length) : 0;
  const rest = request.uri.slice(cut);
  const escaped = request.quotedUri || request.internal ? escapeUri(rest, 'uri') : rest;
  const path = (request.validLocation ? uri : '') + escaped;
  return request.args === '' ? path : `${path}?${request.args}`;
}
