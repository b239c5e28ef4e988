import type { Request } from '../request.ts';

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
