import type { BlockState, CheckContext } from '../check-context.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { Slot } from '../store.ts';
import type { Url } from '../url.ts';
import { formatSocket } from '../values/address.ts';

/** The options of one `listen` (ngx_http_listen_opt_t). */
export interface ListenOptions {
  set: boolean;
  defaultServer: boolean;
  bind: boolean;
  ssl: boolean;
  http2: boolean;
  quic: boolean;
  proxyProtocol: boolean;
  wildcard: boolean;
  /** Parameters that do not go together with `quic`: bit n for the n-th that `listen` asks about. */
  notWithQuic: number;
}

/** An address that servers listen on (ngx_http_conf_addr_t). */
export interface ListenAddress {
  /** As nginx prints it. */
  readonly name: string;
  options: ListenOptions;
  /** The directives that made it, for messages. */
  readonly node: CheckContext['node'];
  /** The one that gave the options of the socket, and the one that said default_server. */
  optionsNode: CheckContext['node'];
  defaultNode: CheckContext['node'];
  readonly servers: Set<BlockState>;
  defaultServer: BlockState;
  protocols: number;
  protocolsSet: boolean;
  protocolsChanged: boolean;
}

/** Addresses by port, both in the order of first mention. */
export type ListenPorts = Map<string, Map<string, ListenAddress>>;

export const listenPorts = new Slot('http listen ports', (): ListenPorts => new Map());

function socketName(url: Url, port: number): string {
  if (port === url.port) return url.name;
  return url.address === null
    ? url.family === 'unix'
      ? url.name
      : `${url.host}:${port}`
    : formatSocket(url.address, port);
}

/** ngx_http_add_listen, ngx_http_add_addresses, ngx_http_add_server */
export function addListen(
  cx: CheckContext,
  url: Url,
  port: number,
  options: ListenOptions,
  server: BlockState,
): Problem | null {
  const ports = cx.cycle.get(listenPorts);
  const portKey = `${url.family} ${options.quic ? 'udp' : 'tcp'} ${port}`;
  let addresses = ports.get(portKey);
  if (addresses === undefined) ports.set(portKey, (addresses = new Map()));
  const name = socketName(url, port);
  const known = addresses.get(name);
  if (known === undefined) {
    addresses.set(name, {
      name,
      options: { ...options },
      node: cx.node,
      optionsNode: cx.node,
      defaultNode: cx.node,
      servers: new Set([server]),
      defaultServer: server,
      protocols: 0,
      protocolsSet: false,
      protocolsChanged: false,
    });
    return null;
  }
  if (known.servers.has(server))
    return problem('duplicate-listen', `a duplicate listen ${name}`, { related: firstGiven(known.node) });
  known.servers.add(server);
  return mergeOptions(cx, known, options, server);
}

function firstGiven(node: CheckContext['node']): Problem['related'] {
  return [{ file: node.file, span: { start: node.start, end: node.wordsEnd }, message: 'first given here' }];
}

function protocolsOf({ proxyProtocol, ssl, http2 }: ListenOptions): number {
  return Number(proxyProtocol) | (Number(ssl) << 1) | (Number(http2) << 2);
}

function mergeOptions(
  cx: CheckContext,
  known: ListenAddress,
  options: ListenOptions,
  server: BlockState,
): Problem | null {
  const before = known.options;
  const wasDefault = before.defaultServer;
  if (options.set) {
    if (before.set)
      return problem('duplicate-listen', `duplicate listen options for ${known.name}`, {
        related: firstGiven(known.optionsNode),
        detail:
          'Options of the socket itself (backlog, reuseport, ipv6only, …) are given once for each address.',
      });
    known.options = { ...options };
    known.optionsNode = cx.node;
  }
  if (options.defaultServer) {
    if (wasDefault)
      return problem('duplicate-default-server', `a duplicate default server for ${known.name}`, {
        related: firstGiven(known.defaultNode),
      });
    known.defaultServer = server;
    known.defaultNode = cx.node;
  }
  if (cx.since('1.25.1')) checkProtocols(cx, known, before, options);
  known.options.defaultServer = wasDefault || options.defaultServer;
  known.options.proxyProtocol = before.proxyProtocol || options.proxyProtocol;
  known.options.ssl = before.ssl || options.ssl;
  known.options.http2 = before.http2 || options.http2;
  known.options.quic = before.quic || options.quic;
  return null;
}

/** Whether `ssl`, `http2` and `proxy_protocol` agree between the `listen`s of one address. */
function checkProtocols(
  cx: CheckContext,
  known: ListenAddress,
  before: ListenOptions,
  options: ListenOptions,
): void {
  const now = protocolsOf(options);
  const then = protocolsOf(before);
  let redefined: boolean;
  if ((now | then) !== then) {
    redefined = (before.set && !options.set) || known.protocolsChanged || (now | then) !== now;
    known.protocols = then;
    known.protocolsChanged = true;
  } else if ((then | now) !== now) {
    redefined = options.set || (known.protocolsSet && now !== known.protocols);
    known.protocols = now;
    known.protocolsChanged = true;
  } else {
    redefined = (options.set && known.protocolsChanged) || (known.protocolsSet && now !== known.protocols);
    known.protocols = now;
  }
  known.protocolsSet = true;
  if (redefined) cx.warn('conflict', `protocol options redefined for ${known.name}`);
}

/**
 * How many sockets ngx_http_init_listening opens for the addresses of one port: one of all interfaces does for those
 * that did not ask for a socket of their own.
 */
export function socketsOfPort(
  addresses: Iterable<{ readonly bind: boolean; readonly wildcard: boolean }>,
): number {
  let all = 0;
  let own = 0;
  let wildcards = 0;
  for (const { bind, wildcard } of addresses) {
    all++;
    if (wildcard) wildcards = 1;
    else if (bind) own++;
  }
  return wildcards === 0 ? all : own + wildcards;
}

/** How many sockets the `listen`s of `http` make. */
export function countSockets(cx: CheckContext): number {
  let count = 0;
  for (const addresses of cx.cycle.get(listenPorts).values())
    count += socketsOfPort([...addresses.values()].map(({ options }) => options));
  return count;
}

/** The address of a server without `listen`: port 80 for root, who nginx is checked as. */
export const defaultListen: Url = {
  family: 'inet',
  host: '*',
  address: [0, 0, 0, 0],
  port: 80,
  lastPort: 80,
  noPort: false,
  portText: '80',
  uri: '',
  wildcard: true,
  name: '0.0.0.0:80',
};

/** What holds of a `listen` without parameters. */
export const defaultOptions: Readonly<ListenOptions> = {
  set: false,
  defaultServer: false,
  bind: false,
  ssl: false,
  http2: false,
  quic: false,
  proxyProtocol: false,
  wildcard: true,
  notWithQuic: 0,
};
