import { NameTable } from './algorithms/name-table.ts';
import type { EngineContext } from './context.ts';
import type { Request } from './request.ts';

/** Chooses servers by name on one address (ngx_http_find_virtual_server). */
export interface ServerTable {
  readonly default: number;
  /** Index of the server for a lower-case host; the default when no name matches. Captures of a regex go to `request`. */
  find(host: string, request: Request): number;
  /** The same, null when no name matches; nginx compares none where the address has one server without patterns. */
  match(host: string, request: Request): number | null;
}

/** The names of the servers on one listen, as they are searched (ngx_http_server_names). */
export function buildServerTable(cx: EngineContext, listen: number): ServerTable {
  const { servers, default: defaultServer } = cx.http.listens[listen]!;
  const names = new NameTable<number>();
  const regexes: { readonly pattern: string; readonly server: number }[] = [];
  for (const server of servers) {
    for (const { name, regex } of cx.http.servers[server]!.names) {
      if (regex) regexes.push({ pattern: name, server });
      else names.add(name === '$hostname' ? cx.world.hostname.toLowerCase() : name, server);
    }
  }
  const match = (host: string, request: Request): number | null => {
    if (servers.length === 1 && regexes.length === 0) return null;
    const named = names.find(host);
    if (named !== undefined) return named;
    if (host !== '')
      for (const { pattern, server } of regexes)
        if (cx.regex({ pattern, caseless: true }).exec(request, host)) return server;
    return null;
  };
  return {
    default: defaultServer,
    find: (host, request) => match(host, request) ?? defaultServer,
    match,
  };
}
