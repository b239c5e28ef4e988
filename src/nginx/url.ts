import type { CheckContext } from './check-context.ts';
import { Slot } from './store.ts';
import type { AddressBytes } from './values/address.ts';
import { formatSocket, parseInet6, parseAddress, parseInet } from './values/address.ts';
import { parseNumber } from './values/number.ts';

/** What ngx_parse_url makes of an address with optional port and URI. */
export interface Url {
  readonly family: 'inet' | 'inet6' | 'unix';
  /** As written: IPv6 with brackets, the path for a unix socket. */
  readonly host: string;
  /** The address when it was written as one; null for a host name and for a unix socket. */
  readonly address: AddressBytes | null;
  /** The port, or the default one. */
  readonly port: number;
  /** Last port of a range; equal to `port` without one. */
  readonly lastPort: number;
  /** No port was written. */
  readonly noPort: boolean;
  readonly portText: string;
  readonly uri: string;
  readonly wildcard: boolean;
  /** As nginx prints the (first) address: `0.0.0.0:80`, `[::]:80`, `unix:/path`. */
  readonly name: string;
}

export interface UrlOptions {
  /** An address to listen on: a bare port is fine, host names resolve, no URI. */
  readonly listen?: boolean;
  readonly defaultPort?: number;
  /** A URI may follow. */
  readonly uriPart?: boolean;
  /** Host names are left alone. */
  readonly noResolve?: boolean;
}

/** nginx's `u.err`, e.g. `invalid port`. */
export interface UrlError {
  readonly error: string;
}

const longestUnixPath = 107;

/** Addresses that were read before, by options and text: a large configuration repeats them. */
const readBefore = new Slot('urls', () => new Map<number, Map<string, Url | UrlError>>());

/** ngx_parse_url (ngx_inet.c). Host names are looked up only where the machine is to be asked. */
export function parseUrl(text: string, options: UrlOptions, cx: CheckContext): Url | UrlError {
  const { listen = false, defaultPort = 0, uriPart = false, noResolve = false } = options;
  const byOptions = cx.cycle.get(readBefore);
  const key = (defaultPort << 3) | (Number(listen) << 2) | (Number(uriPart) << 1) | Number(noResolve);
  let known = byOptions.get(key);
  if (known === undefined) byOptions.set(key, (known = new Map()));
  let url = known.get(text);
  if (url === undefined) known.set(text, (url = readUrl(text, options, cx)));
  return url;
}

function readUrl(text: string, options: UrlOptions, cx: CheckContext): Url | UrlError {
  if (text.slice(0, 5).toLowerCase() === 'unix:') return parseUnix(text, options);
  return text.startsWith('[') ? parseUrl6(text, options) : parseUrl4(text, options, cx);
}

function parseUnix(text: string, { uriPart = false }: UrlOptions): Url | UrlError {
  const rest = text.slice(5);
  const colon = uriPart ? rest.indexOf(':') : -1;
  const path = colon === -1 ? rest : rest.slice(0, colon);
  if (path === '') return { error: 'no path in the unix domain socket' };
  if (path.length > longestUnixPath) return { error: 'too long path in the unix domain socket' };
  return {
    family: 'unix',
    host: path,
    address: null,
    port: 0,
    lastPort: 0,
    noPort: false,
    portText: '',
    uri: colon === -1 ? '' : rest.slice(colon + 1),
    wildcard: false,
    name: text.slice(0, 5 + path.length),
  };
}

const hostName = /^[\w.-]*$/;

/**
 * Whether a host name can be resolved: the machine decides where it is asked; a name that is none never resolves,
 * such as a parameter that this version takes for a host.
 */
function mayResolve(cx: CheckContext, host: string): boolean {
  return hostName.test(host) && (cx.environment === null || cx.environment.resolves(host));
}

type Ports = { readonly port: number; readonly last: number } | UrlError;

/** A port, or a range of them for `listen`. */
function parsePorts(text: string, listen: boolean): Ports {
  const dash = listen ? text.indexOf('-') : -1;
  let last = 0;
  if (dash !== -1) {
    const number = parseNumber(text.slice(dash + 1));
    if (number === null || number < 1 || number > 65535) return { error: 'invalid port' };
    last = number;
  }
  const port = parseNumber(dash === -1 ? text : text.slice(0, dash));
  if (port === null || port < 1 || port > 65535) return { error: 'invalid port' };
  if (last !== 0 && port > last) return { error: 'invalid port range' };
  return { port, last: last === 0 ? port : last };
}

function parseUrl4(text: string, options: UrlOptions, cx: CheckContext): Url | UrlError {
  const { listen = false, uriPart = false, noResolve = false, defaultPort = 0 } = options;
  const slash = text.search(/[/?]/);
  let end = text.length;
  let uri = '';
  if (slash !== -1) {
    if (listen || !uriPart) return { error: 'invalid host' };
    uri = text.slice(slash);
    end = slash;
  }
  const colon = text.indexOf(':');
  const hasPort = colon !== -1 && (slash === -1 || colon < slash);
  let host = text.slice(0, end);
  let ports: Ports = { port: defaultPort, last: defaultPort };
  if (hasPort) {
    ports = parsePorts(text.slice(colon + 1, end), listen);
    if ('error' in ports) return ports;
    host = text.slice(0, colon);
  } else if (listen && /^\d+(?:-\d+)?$/.test(host)) {
    // The value is tried as a port alone. What does not read as a number at all is a host name.
    const only = parsePorts(host, true);
    if ('error' in only) return only;
    return inet('', [0, 0, 0, 0], only.port, only.last, {
      noPort: false,
      portText: host,
      uri,
      wildcard: true,
    });
  }
  const rest = { noPort: !hasPort, portText: hasPort ? text.slice(colon + 1, end) : '', uri };
  if (host === '') return { error: 'no host' };
  if (listen && host === '*')
    return inet(host, [0, 0, 0, 0], ports.port, ports.last, { ...rest, wildcard: true });
  // Every machine has a name for itself, and an address listened on twice is one mistake whatever it is called.
  const numeric = listen && host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
  if (parseInet(numeric) !== null) {
    const address = parseAddress(numeric)!;
    return inet(host, address, ports.port, ports.last, {
      ...rest,
      wildcard: address.every((byte) => byte === 0),
    });
  }
  if (!noResolve && !mayResolve(cx, host)) return { error: 'host not found' };
  return {
    family: 'inet',
    host,
    address: null,
    port: ports.port,
    lastPort: ports.last,
    wildcard: false,
    name: `${host}:${ports.port}`,
    ...rest,
  };
}

function inet(
  host: string,
  address: AddressBytes,
  port: number,
  lastPort: number,
  rest: Pick<Url, 'noPort' | 'portText' | 'uri' | 'wildcard'>,
): Url {
  return { family: 'inet', host, address, port, lastPort, name: formatSocket(address, port), ...rest };
}

function parseUrl6(
  text: string,
  { listen = false, uriPart = false, defaultPort = 0 }: UrlOptions,
): Url | UrlError {
  const close = text.indexOf(']');
  if (close === -1) return { error: 'invalid host' };
  const slash = text.indexOf('/', close + 1);
  if (slash !== -1 && (listen || !uriPart)) return { error: 'invalid host' };
  const portPart = text.slice(close + 1, slash === -1 ? undefined : slash);
  let ports: Ports = { port: defaultPort, last: defaultPort };
  if (portPart !== '') {
    if (!portPart.startsWith(':')) return { error: 'invalid host' };
    ports = parsePorts(portPart.slice(1), listen);
    if ('error' in ports) return ports;
  }
  const inner = text.slice(1, close);
  if (inner === '') return { error: 'no host' };
  const address = parseInet6(inner);
  if (address === null) return { error: 'invalid IPv6 address' };
  return {
    family: 'inet6',
    host: text.slice(0, close + 1),
    address,
    port: ports.port,
    lastPort: ports.last,
    noPort: portPart === '',
    portText: portPart.slice(1),
    uri: slash === -1 ? '' : text.slice(slash),
    wildcard: address.every((byte) => byte === 0),
    name: formatSocket(address, ports.port),
  };
}

/** Whether {@link parseUrl} refused. */
export function isUrlError(url: Url | UrlError): url is UrlError {
  return 'error' in url;
}
