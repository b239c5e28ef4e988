import type { EngineContext } from './context.ts';
import type { Request } from './request.ts';
import type { ServerTable } from './servers.ts';
import { buildServerTable } from './servers.ts';

/** The servers of an address, made ready at its first request. */
export function serverTable(cx: EngineContext, listen: number): ServerTable {
  return (cx.serverTables[listen] ??= buildServerTable(cx, listen));
}

export function useServer(cx: EngineContext, request: Request, index: number): void {
  request.server = cx.server(index);
  request.location = request.server.root;
}

/** Gives a request the server for a host (ngx_http_set_virtual_server). */
export function chooseServer(cx: EngineContext, request: Request, host: string): void {
  const table = serverTable(cx, request.connection.listen);
  const index = table.find(host, request);
  useServer(cx, request, index);
  if (request.trace !== null)
    request.trace.push({
      phase: 'server',
      origin: request.server.plan.origin,
      message: `server "${request.server.name}" for host "${host}"${index === table.default ? ' (default server of the address)' : ''}`,
    });
}
