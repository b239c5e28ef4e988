import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import type { LowerContext } from '../lower-context.ts';
import { Level } from '../lower-context.ts';
import type { Listen, Server } from '../schema.ts';
import { newLocation } from './location.ts';
import { declareCaptures } from './regex.ts';
import { words } from './lowering.ts';

/** An address of `listen` before servers are gathered under it. */
interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** `server { … }`: its pseudo location, names and addresses. */
export function lowerServer(
  cx: LowerContext,
  http: Level,
  directive: ResolvedDirective,
  lowerLevel: (cx: LowerContext, level: Level) => void,
): void {
  const block = directive.opens;
  if (block === null) return;
  const index = cx.http.servers.length;
  const location = newLocation(cx, { kind: 'server', server: index, parent: -1, directive });
  const server: Server = {
    names: namesOf(cx, block),
    listens: [],
    location: cx.indexOf(location),
    origin: cx.origin(directive),
  };
  cx.http.servers.push(server);
  const listens = block.own('listen');
  if (listens.length === 0) addListen(cx, server, index, directive, ['*:80']);
  for (const listen of listens) {
    nameWithoutEffect(cx, listens, listen);
    if (!overQuic(listen))
      addListen(
        cx,
        server,
        index,
        listen,
        words(listen).filter((text) => text !== 'http2'),
      );
  }
  lowerLevel(cx, new Level(cx, block, http, location));
}

const overQuic = (listen: ResolvedDirective): boolean => words(listen).slice(1).includes('quic');

/** What Node cannot set of a socket. */
const socketTuning: ReadonlySet<string> = new Set([
  'setfib',
  'fastopen',
  'rcvbuf',
  'sndbuf',
  'accept_filter',
  'deferred',
  'multipath',
]);

/** What is set of a socket, and so asks for one of its own (ngx_http_core_listen sets `bind` with each of them). */
const socketOptions: ReadonlySet<string> = new Set([
  ...socketTuning,
  'bind',
  'backlog',
  'ipv6only',
  'reuseport',
  'so_keepalive',
]);

/** Names the parameters that change nothing here; of HTTP versions clients get 1.1, if there is an address for it. */
function nameWithoutEffect(
  cx: LowerContext,
  listens: readonly ResolvedDirective[],
  listen: ResolvedDirective,
): void {
  const effect = 'tuning';
  for (const [parameter = ''] of words(listen).map((text) => text.split('=')))
    if (socketTuning.has(parameter)) cx.notImplemented(listen, { parameter, effect });
  if (overQuic(listen))
    cx.notImplemented(listen, {
      parameter: 'quic',
      ...(listens.every(overQuic)
        ? { detail: 'The server listens for nothing else, so no client can reach it.' }
        : { effect, detail: 'Clients get HTTP/1.1 at the other addresses of the server.' }),
    });
  else if (words(listen).slice(1).includes('http2'))
    cx.notImplemented(listen, { parameter: 'http2', effect, detail: 'Clients get HTTP/1.1.' });
}

/** ngx_http_core_server_name. */
function namesOf(cx: LowerContext, block: ResolvedBlock): Server['names'] {
  const names: Server['names'] = [];
  for (const directive of block.own('server_name')) {
    const origin = cx.origin(directive);
    for (const text of words(directive)) {
      if (text.startsWith('~')) {
        declareCaptures(cx, text.slice(1), directive);
        names.push({ name: text.slice(1), regex: true, origin });
      } else
        names.push({
          name: text.toLowerCase(),
          regex: false,
          origin,
        });
    }
  }
  if (names.length === 0) names.push({ name: '', regex: false, origin: -1 });
  return names;
}

/** ngx_http_core_listen: one entry for each address and port, servers in order of the configuration. */
function addListen(
  cx: LowerContext,
  server: Server,
  index: number,
  directive: ResolvedDirective,
  texts: readonly string[],
): void {
  const [address = '', ...options] = texts;
  for (const { host, port, path } of addresses(address)) {
    const wildcard = path === '' && (host === '*' || host === '0.0.0.0' || host === '::');
    const known = cx.http.listens.findIndex(
      (each) =>
        each.port === port && each.path === path && each.address === (host === '*' ? '0.0.0.0' : host),
    );
    const at = known === -1 ? cx.http.listens.push(newListen(host, port, path, wildcard, index)) - 1 : known;
    const listen = cx.http.listens[at]!;
    if (listen.origin === -1) listen.origin = cx.origin(directive);
    if (listen.servers.at(-1) !== index) listen.servers.push(index);
    if (!server.listens.includes(at)) server.listens.push(at);
    for (const option of options) applyOption(listen, index, option);
  }
}

function newListen(host: string, port: number, path: string, wildcard: boolean, server: number): Listen {
  return {
    address: path !== '' ? '' : host === '*' ? '0.0.0.0' : host,
    port,
    path,
    wildcard,
    bind: false,
    servers: [],
    default: server,
    ssl: false,
    proxyProtocol: false,
    ipv6only: true,
    reuseport: false,
    backlog: -1,
    options: [],
    origin: -1,
  };
}

function applyOption(listen: Listen, server: number, option: string): void {
  if (socketOptions.has(option.split('=')[0]!)) listen.bind = true;
  if (option === 'default_server' || option === 'default') listen.default = server;
  else if (option === 'ssl') listen.ssl = true;
  else if (option === 'proxy_protocol') listen.proxyProtocol = true;
  else if (option === 'reuseport') listen.reuseport = true;
  else if (option.startsWith('ipv6only=')) listen.ipv6only = option === 'ipv6only=on';
  else if (option.startsWith('backlog=')) listen.backlog = parseNumber(option.slice(8)) ?? -1;
  else if (!listen.options.includes(option)) listen.options.push(option);
}

/** ngx_parse_url as `listen` uses it, with port ranges. */
function addresses(text: string): Address[] {
  if (text.startsWith('unix:')) return [{ host: '', port: 0, path: text.slice(5) }];
  const bracket = /^\[([^\]]*)\](?::(\d+)(?:-(\d+))?)?$/.exec(text);
  const plain = /^(?:([^:]*):)?(\d+)(?:-(\d+))?$/.exec(text);
  const host = bracket?.[1] ?? plain?.[1] ?? (plain === null ? text : '*');
  const match = bracket ?? plain;
  const first = Number(match?.[2] ?? 80);
  const last = Number(match?.[3] ?? first);
  const name = host === '' ? '*' : host === 'localhost' ? '127.0.0.1' : host;
  return Array.from({ length: last - first + 1 }, (_, step) => ({
    host: name,
    port: first + step,
    path: '',
  }));
}

/**
 * ngx_http_init_listening: beside a wildcard of the same port and family, other addresses get a socket of their own only if
 * they ask.
 */
export function decideBinding(listens: readonly Listen[]): void {
  const portOf = ({ address, port }: Listen): string => `${address.includes(':') ? 6 : 4} ${port}`;
  const covered = new Set(listens.filter(({ wildcard }) => wildcard).map(portOf));
  for (const listen of listens)
    listen.bind ||= listen.wildcard || listen.path !== '' || !covered.has(portOf(listen));
}
