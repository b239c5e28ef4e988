import type { Request } from '../request.ts';
import { removeHeader } from './remove-header.ts';

/** `http://host:port` in front of a relative `Location` (ngx_http_header_filter). */
export function redirectOrigin(request: Request): string {
  const { core } = request.location;
  const { connection } = request;
  let host = request.main.host;
  if (core.server_name_in_redirect) host = request.server.name;
  else if (host === '')
    host = connection.serverAddress.includes(':')
      ? `[${connection.serverAddress}]`
      : connection.serverAddress;
  const secure = connection.tls !== null;
  const standard = connection.serverPort === (secure ? 443 : 80) || connection.serverPort === 0;
  const port = core.port_in_redirect && !standard ? `:${connection.serverPort}` : '';
  return `${secure ? 'https' : 'http'}://${host}${port}`;
}

/** Makes `target` the answer's `Location`, behind the lines that the answer has already; null takes it away. */
export function setRedirect(request: Request, target: string | null): void {
  if (request.redirectListed) removeHeader(request, 'location');
  request.redirect = target;
  const becomesAbsolute = target?.startsWith('/') === true && request.location.core.absolute_redirect;
  request.redirectListed = target !== null && !becomesAbsolute && request.headersOut.length > 0;
  if (request.redirectListed) request.headersOut.push('Location', target!);
}
