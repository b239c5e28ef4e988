import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import type { CheckContext } from '../check-context.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { isUrlError, parseUrl } from '../url.ts';
import { parseNumber } from '../values/number.ts';
import { parseSize } from '../values/size.ts';
import type { ListenOptions } from './listen.ts';
import { addListen, defaultOptions } from './listen.ts';
import { isTcpKeepalive } from './tcp-keepalive.ts';

/** The words of `listen` (ngx_http_core_listen). */

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
      if (!isTcpKeepalive(value))
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
      detail: parameter?.since === undefined ? meantBy(key) : `It appeared in nginx ${parameter.since}.`,
    });
  return parameter.apply(options, text.slice(key.length), cx, word);
}

/** What was probably meant. */
function meantBy(key: string): string | undefined {
  if (/^(?:\d+|[\d.]+:\d+|\[.*\](?::\d+)?)$/.test(key)) return 'Each address has a "listen" of its own.';
  const near = didYouMean(key, Object.keys(parameters));
  return near === null ? undefined : `Did you mean "${near}"?`;
}

/** ngx_http_core_listen */
export function checkListen(cx: CheckContext): Problem | null {
  const text = cx.arg(0);
  const url = parseUrl(text, { listen: true, defaultPort: 80 }, cx);
  if (isUrlError(url))
    return problem('invalid-host-port', `${url.error} in "${text}" of the "listen" directive`, {
      word: 0,
      detail: url.error === 'invalid port' ? 'A port is a number from 1 to 65535.' : undefined,
    });
  const options: ListenOptions = { ...defaultOptions, wildcard: url.wildcard };
  for (let word = 1; word < cx.values.length; word++) {
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
