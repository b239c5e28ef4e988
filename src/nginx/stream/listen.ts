import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { socketsOfPort } from '../http/listen.ts';
import { isTcpKeepalive } from '../http/tcp-keepalive.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { Slot } from '../store.ts';
import { isUrlError, parseUrl } from '../url.ts';
import { formatSocket } from '../values/address.ts';
import { parseNumber } from '../values/number.ts';
import { parseSize } from '../values/size.ts';

/** `listen` of ngx_stream_core_module.c and ngx_mail_core_module.c, which are nearly the same. */

interface Address {
  readonly name: string;
  readonly node: Directive;
  readonly servers: Set<BlockState>;
  /** Family, protocol and port: addresses that agree in it may share a socket. */
  readonly port: string;
  readonly wildcard: boolean;
  hasOptions: boolean;
  hasDefault: boolean;
  /** One of its `listen`s has `ssl`. */
  tls: boolean;
  defaultServer: BlockState;
}

type Addresses = Map<string, Address>;
const slots = {
  stream: new Slot('stream addresses', (): Addresses => new Map()),
  mail: new Slot('mail addresses', (): Addresses => new Map()),
} as const;

/** The addresses that stream servers listen on, in the order of first mention. */
export function streamAddresses(cx: CheckContext): Iterable<Readonly<Address>> {
  return cx.cycle.get(slots.stream).values();
}

/** How many sockets the `listen`s of `stream` and `mail` make. */
export function countSockets(cx: CheckContext): number {
  let count = 0;
  for (const slot of Object.values(slots)) {
    const ports = Map.groupBy(cx.cycle.get(slot).values(), ({ port }) => port);
    for (const addresses of ports.values())
      count += socketsOfPort(addresses.map(({ hasOptions, wildcard }) => ({ bind: hasOptions, wildcard })));
  }
  return count;
}

/** What a server's `listen`s asked for; of interest to the TLS modules. */
export const sslListen = new Slot<Directive | null>('listen … ssl', () => null);

interface Parameter {
  readonly since?: string;
  /** Null for one without a value. */
  readonly accepts: ((value: string) => boolean) | null;
  /** It makes the socket one of its own (`bind`). */
  readonly option: boolean;
  /** Stream only. */
  readonly streamOnly?: boolean;
}

const number = (value: string): boolean => parseNumber(value) !== null;
const size = (value: string): boolean => parseSize(value) !== null;

const parameters: Readonly<Record<string, Parameter>> = {
  default_server: { since: '1.25.5', accepts: null, option: false, streamOnly: true },
  udp: { accepts: null, option: false, streamOnly: true },
  bind: { accepts: null, option: true },
  'setfib=': { since: '1.25.5', accepts: () => false, option: true, streamOnly: true },
  'fastopen=': { since: '1.21.0', accepts: number, option: true, streamOnly: true },
  'backlog=': { accepts: (value) => (parseNumber(value) ?? 0) !== 0, option: true },
  'rcvbuf=': { accepts: size, option: true },
  'sndbuf=': { accepts: size, option: true },
  deferred: { since: '1.25.5', accepts: null, option: true, streamOnly: true },
  reuseport: { accepts: null, option: true, streamOnly: true },
  multipath: { since: '1.29.7', accepts: null, option: true, streamOnly: true },
  ssl: { accepts: null, option: false },
  'so_keepalive=': { accepts: isTcpKeepalive, option: true },
  proxy_protocol: { accepts: null, option: false },
};

/** The order in which `udp` is asked about each; it was another before 1.25.5. */
const udpClashes = {
  old: ['backlog', 'ssl', 'so_keepalive', 'proxy_protocol', 'fastopen'],
  new: [
    'fastopen',
    'backlog',
    'accept_filter',
    'deferred',
    'multipath',
    'ssl',
    'so_keepalive',
    'proxy_protocol',
  ],
} as const;

/** ngx_stream_core_listen, ngx_mail_core_listen */
export function checkListen(cx: CheckContext, subsystem: 'stream' | 'mail'): Problem | null {
  const text = cx.arg(0);
  const url = parseUrl(text, { listen: true }, cx);
  if (isUrlError(url))
    return problem('invalid-host-port', `${url.error} in "${text}" of the "listen" directive`, { word: 0 });
  const given = new Set<string>();
  let options = false;
  for (let word = 1; word < cx.values.length; word++) {
    const parsed = parameter(cx, word, subsystem);
    if ('slug' in parsed) return parsed;
    given.add(parsed.name);
    options ||= parsed.option;
  }
  if (given.has('ssl')) cx.block.store.set(sslListen, cx.node);
  if (given.has('udp')) {
    const order = cx.since('1.25.5') ? udpClashes.new : udpClashes.old;
    // `so_keepalive=off` says nothing in newer versions and counts in older ones; both name it alike.
    const clash = order.find((name) => given.has(name));
    if (clash !== undefined)
      return directiveProblem('listen', 'conflict', `"${clash}" parameter is incompatible with "udp"`);
  }
  for (let port = url.port; port <= url.lastPort; port++) {
    const name = url.address === null ? url.name : formatSocket(url.address, port);
    const key = `${given.has('udp') ? 'udp' : 'tcp'} ${name}`;
    const refused = addAddress(cx, subsystem, key, {
      name,
      options,
      isDefault: given.has('default_server'),
      tls: given.has('ssl'),
      port: `${given.has('udp') ? 'udp' : 'tcp'} ${url.family} ${port}`,
      wildcard: url.wildcard,
    });
    if (refused !== null) return refused;
  }
  return null;
}

function parameter(
  cx: CheckContext,
  word: number,
  subsystem: 'stream' | 'mail',
): { readonly name: string; readonly option: boolean } | Problem {
  const text = cx.arg(word);
  if (text.startsWith('ipv6only=o')) {
    if (text === 'ipv6only=on' || text === 'ipv6only=off') return { name: 'ipv6only', option: true };
    return problem('invalid-parameter', `invalid ipv6only flags "${text.slice(9)}"`, { word });
  }
  const equals = text.indexOf('=');
  const key = equals === -1 ? text : text.slice(0, equals + 1);
  const known = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
  if (
    known === undefined ||
    (known.streamOnly === true && subsystem === 'mail') ||
    (known.since !== undefined && !cx.since(known.since))
  ) {
    const message = cx.since('1.25.5') ? `invalid parameter "${text}"` : `the invalid "${text}" parameter`;
    return problem('invalid-parameter', message, { word });
  }
  const name = key.replace('=', '');
  const value = text.slice(key.length);
  if (known.accepts !== null && !known.accepts(value)) {
    const message =
      name === 'so_keepalive' ? `invalid so_keepalive value: "${value}"` : `invalid ${name} "${text}"`;
    return problem('invalid-parameter', message, { word });
  }
  return { name, option: known.option };
}

interface Wanted {
  readonly name: string;
  readonly options: boolean;
  readonly isDefault: boolean;
  readonly tls: boolean;
  readonly port: string;
  readonly wildcard: boolean;
}

/** An address once for each server; before stream had virtual servers (1.25.5), once at all. */
function addAddress(
  cx: CheckContext,
  subsystem: 'stream' | 'mail',
  key: string,
  { name, options, isDefault, tls, port, wildcard }: Wanted,
): Problem | null {
  const addresses = cx.cycle.get(slots[subsystem]);
  const known = addresses.get(key);
  if (known === undefined) {
    const servers = new Set([cx.block]);
    addresses.set(key, {
      name,
      node: cx.node,
      servers,
      port,
      wildcard,
      hasOptions: options,
      hasDefault: isDefault,
      tls,
      defaultServer: cx.block,
    });
    return null;
  }
  const related = [{ file: known.node.file, span: known.node.name, message: 'first listened on here' }];
  if (subsystem === 'mail' || !cx.since('1.25.5'))
    return problem('duplicate-listen', `duplicate "${name}" address and port pair`, { word: 0, related });
  if (known.servers.has(cx.block))
    return problem('duplicate-listen', `a duplicate listen ${name}`, { word: 0, related });
  known.servers.add(cx.block);
  if (options && known.hasOptions)
    return problem('duplicate-listen', `duplicate listen options for ${name}`, { related });
  if (isDefault && known.hasDefault)
    return problem('duplicate-default-server', `a duplicate default server for ${name}`, { related });
  known.hasOptions ||= options;
  known.hasDefault ||= isDefault;
  known.tls ||= tls;
  if (isDefault) known.defaultServer = cx.block;
  return null;
}
