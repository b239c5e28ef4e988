import type { Word } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { Slot } from '../store.ts';
import type { Url } from '../url.ts';
import { isUrlError, parseUrl } from '../url.ts';
import { formatSocket } from '../values/address.ts';
import { parseNumber } from '../values/number.ts';
import { parseSize } from '../values/size.ts';
import { parseSeconds } from '../values/time.ts';

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
  /** Parameters that do not go together with `quic`: bit n for the n-th of {@link quicOrder}. */
  notWithQuic: number;
}

/** An address that servers listen on (ngx_http_conf_addr_t). */
export interface ListenAddress {
  /** As nginx prints it. */
  readonly name: string;
  options: ListenOptions;
  /** The directives that made it, for messages. */
  readonly node: CheckContext['node'];
  readonly servers: Set<BlockState>;
  defaultServer: BlockState;
  protocols: number;
  protocolsSet: boolean;
  protocolsChanged: boolean;
}

/** Addresses by port, both in the order of first mention. */
export type ListenPorts = Map<string, Map<string, ListenAddress>>;

export const listenPorts = new Slot('http listen ports', (): ListenPorts => new Map());

/** In nginx's order of asking. */
const quicOrder = [
  'fastopen',
  'backlog',
  'deferred',
  'multipath',
  'ssl',
  'http2',
  'so_keepalive',
  'proxy_protocol',
] as const;

function clashesWithQuic(options: ListenOptions, name: (typeof quicOrder)[number]): void {
  options.notWithQuic |= 1 << quicOrder.indexOf(name);
}

interface Parameter {
  readonly since?: string;
  /** Applies the parameter, or answers with what is wrong. */
  readonly apply: (options: ListenOptions, value: string, cx: CheckContext, word: number) => Problem | null;
}

function bound(options: ListenOptions): null {
  options.set = true;
  options.bind = true;
  return null;
}

function boundNumber(name: string, accepts: (value: number) => boolean): Parameter['apply'] {
  return (options, value, _cx, word) => {
    const number = parseNumber(value);
    return number === null || !accepts(number)
      ? problem('invalid-parameter', `invalid ${name} "${name}=${value}"`, { word })
      : bound(options);
  };
}

function boundSize(name: string): Parameter['apply'] {
  return (options, value, _cx, word) =>
    parseSize(value) === null
      ? problem('invalid-parameter', `invalid ${name} "${name}=${value}"`, { word })
      : bound(options);
}

function checkKeepalive(value: string): boolean {
  if (value === 'on' || value === 'off') return true;
  const [idle = '', interval = '', ...rest] = value.split(':');
  const count = rest.join(':');
  const seconds = [idle, interval].map((part) => (part === '' ? 0 : parseSeconds(part)));
  const number = count === '' ? 0 : parseNumber(count);
  return !seconds.includes(null) && number !== null && (seconds[0] !== 0 || seconds[1] !== 0 || number !== 0);
}

/** `name` or `name=` to what it does, in the order in which nginx compares (ngx_http_core_listen). */
const parameters: Readonly<Record<string, Parameter>> = {
  default_server: { apply: (options) => ((options.defaultServer = true), null) },
  default: { apply: (options) => ((options.defaultServer = true), null) },
  bind: { apply: bound },
  'fastopen=': {
    since: '1.5.8',
    apply(options, value, cx, word) {
      clashesWithQuic(options, 'fastopen');
      return boundNumber('fastopen', () => true)(options, value, cx, word);
    },
  },
  'backlog=': {
    apply(options, value, cx, word) {
      clashesWithQuic(options, 'backlog');
      return boundNumber('backlog', (number) => number !== 0)(options, value, cx, word);
    },
  },
  'rcvbuf=': { apply: boundSize('rcvbuf') },
  'sndbuf=': { apply: boundSize('sndbuf') },
  'accept_filter=': {
    apply(_options, value, cx, word) {
      const message = `accept filters "accept_filter=${value}" are not supported on this platform, ignored`;
      cx.warn('unsupported', message, { word });
      return null;
    },
  },
  deferred: {
    apply(options) {
      clashesWithQuic(options, 'deferred');
      return bound(options);
    },
  },
  reuseport: { since: '1.9.1', apply: bound },
  multipath: {
    since: '1.29.7',
    apply(options) {
      clashesWithQuic(options, 'multipath');
      return bound(options);
    },
  },
  ssl: {
    apply(options) {
      options.ssl = true;
      clashesWithQuic(options, 'ssl');
      return null;
    },
  },
  http2: {
    since: '1.9.5',
    apply(options, _value, cx, word) {
      options.http2 = true;
      clashesWithQuic(options, 'http2');
      if (cx.since('1.25.1'))
        cx.warn(
          'deprecated',
          'the "listen ... http2" directive is deprecated, use the "http2" directive instead',
          { word },
        );
      return null;
    },
  },
  quic: { since: '1.25.0', apply: (options) => ((options.quic = true), null) },
  'so_keepalive=': {
    since: '1.1.11',
    apply(options, value, _cx, word) {
      if (!checkKeepalive(value))
        return problem('invalid-parameter', `invalid so_keepalive value: "${value}"`, { word });
      clashesWithQuic(options, 'so_keepalive');
      return bound(options);
    },
  },
  proxy_protocol: {
    since: '1.5.12',
    apply(options) {
      options.proxyProtocol = true;
      clashesWithQuic(options, 'proxy_protocol');
      return null;
    },
  },
};

/** `ipv6only=o…` is compared by its first bytes alone. */
function applyIpv6Only(options: ListenOptions, text: string, word: number): Problem | null {
  if (text === 'ipv6only=on' || text === 'ipv6only=off') return bound(options);
  return problem('invalid-parameter', `invalid ipv6only flags "${text.slice(9)}"`, { word });
}

function applyParameter(
  options: ListenOptions,
  text: string,
  cx: CheckContext,
  word: number,
): Problem | null {
  if (text.startsWith('ipv6only=o')) return applyIpv6Only(options, text, word);
  const equals = text.indexOf('=');
  const key = equals === -1 ? text : text.slice(0, equals + 1);
  const parameter = Object.hasOwn(parameters, key) ? parameters[key]! : undefined;
  if (parameter === undefined || (parameter.since !== undefined && !cx.since(parameter.since)))
    return problem('invalid-parameter', `invalid parameter "${text}"`, {
      word,
      detail: parameter?.since === undefined ? undefined : `It appeared in nginx ${parameter.since}.`,
    });
  return parameter.apply(options, text.slice(key.length), cx, word);
}

/** ngx_http_core_listen */
export function checkListen(cx: CheckContext): Problem | null {
  const text = cx.arg(0);
  const url = parseUrl(text, { listen: true, defaultPort: 80 }, cx);
  if (isUrlError(url))
    return problem('invalid-host-port', `${url.error} in "${text}" of the "listen" directive`, { word: 0 });
  const options: ListenOptions = {
    set: false,
    defaultServer: false,
    bind: false,
    ssl: false,
    http2: false,
    quic: false,
    proxyProtocol: false,
    wildcard: url.wildcard,
    notWithQuic: 0,
  };
  for (let word = 1; word < cx.args.length; word++) {
    const refused = applyParameter(options, cx.arg(word), cx, word);
    if (refused !== null) return refused;
  }
  if (options.quic) {
    const clash = quicOrder.find((_, at) => (options.notWithQuic & (1 << at)) !== 0);
    if (clash !== undefined)
      return directiveProblem('listen', 'conflict', `"${clash}" parameter is incompatible with "quic"`);
  }
  for (let port = url.port; port <= url.lastPort; port++) {
    const refused = addListen(cx, url, port, options, cx.block);
    if (refused !== null) return refused;
  }
  return null;
}

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
      servers: new Set([server]),
      defaultServer: server,
      protocols: 0,
      protocolsSet: false,
      protocolsChanged: false,
    });
    return null;
  }
  const related = [
    { file: known.node.file, span: spanOf(known.node.name, known.node.args), message: 'first given here' },
  ];
  if (known.servers.has(server))
    return problem('duplicate-listen', `a duplicate listen ${name}`, { related });
  known.servers.add(server);
  return mergeOptions(cx, known, options, server, related);
}

function spanOf(name: Word, args: readonly Word[]): { start: number; end: number } {
  return { start: name.start, end: (args.at(-1) ?? name).end };
}

function protocolsOf({ proxyProtocol, ssl, http2 }: ListenOptions): number {
  return Number(proxyProtocol) | (Number(ssl) << 1) | (Number(http2) << 2);
}

function mergeOptions(
  cx: CheckContext,
  known: ListenAddress,
  options: ListenOptions,
  server: BlockState,
  related: Problem['related'],
): Problem | null {
  const before = known.options;
  const wasDefault = before.defaultServer;
  if (options.set) {
    if (before.set)
      return problem('duplicate-listen', `duplicate listen options for ${known.name}`, {
        related,
        detail:
          'Options of the socket itself (backlog, reuseport, ipv6only, …) are given once for each address.',
      });
    known.options = { ...options };
  }
  if (options.defaultServer) {
    if (wasDefault)
      return problem('duplicate-default-server', `a duplicate default server for ${known.name}`, { related });
    known.defaultServer = server;
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

export const defaultOptions: ListenOptions = {
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
