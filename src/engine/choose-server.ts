import type { EngineContext } from './context.ts';
import type { Request } from './request.ts';
import type { ServerTable } from './servers.ts';
import { buildServerTable } from './servers.ts';

/** The servers of an address, made ready at its first request. */
export function serverTable(cx: EngineContext, listen: number): ServerTable {
  return (cx.serverTables[listen] ??= buildServerTable(cx, listen));
}

/** Makes server `index` the one of the request, with what applies before a location is found. */
export function useServer(cx: EngineContext, request: Request, index: number): void {
  request.server = cx.server(index);
  request.location = request.server.root;
}

const misdirected = 421;

/** Gives a request the server for a host (ngx_http_set_virtual_server): 0, or the status of a refusal. */
export function chooseServer(cx: EngineContext, request: Request, host: string): number {
  const table = serverTable(cx, request.connection.listen);
  const negotiated = negotiatedName(table, request);
  const index = table.find(host, request);
  if (negotiated !== '' && negotiated !== host && verifiesClients(cx, index)) {
    const text = 'client attempted to request the server name different from the one that was negotiated';
    cx.world.log('info', text, request);
    return misdirected;
  }
  useServer(cx, request, index);
  if (request.trace !== null)
    request.trace.push({
      phase: 'server',
      origin: request.server.plan.origin,
      message: `server "${request.server.name}" for host "${host}"${index === table.default ? ' (default server of the address)' : ''}`,
    });
  return 0;
}

/** The name of the client's SNI where it chose a server; else '' (ngx_http_ssl_servername). */
function negotiatedName(table: ServerTable, request: Request): string {
  const { tls } = request.connection;
  if (tls === null || tls.serverName === '') return '';
  const name = tls.serverName.toLowerCase();
  return table.match(name, request) === null ? '' : name;
}

function verifiesClients(cx: EngineContext, index: number): boolean {
  const root = cx.http.locations[cx.http.servers[index]!.location]!;
  return cx.settings('ssl', root.settings.ssl).ssl_verify_client !== 'off';
}
