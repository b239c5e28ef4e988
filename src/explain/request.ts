import { encodeBytes } from '../text/source-file.ts';

/** A request to explain: its bytes, and what is known of the connection it would come on. */
export interface ExplainedRequest {
  /** Head and body as a latin1 byte string. */
  readonly raw: string;
  /** Host name of the URL without brackets; '' when only bytes were given. */
  readonly hostname: string;
  /** Port of the URL; null when only bytes were given. */
  readonly port: number | null;
  /** Whether the client speaks TLS; null when only bytes were given. */
  readonly tls: boolean | null;
}

export interface RequestOptions {
  /** `Name: value` lines that replace defaults of that name; an empty value removes the header. */
  readonly headers: readonly string[];
  readonly method: string;
  readonly http: '1.0' | '1.1';
  /** An ordinary request instead of a handshake. */
  readonly plain: boolean;
}

export const defaultRequestOptions: RequestOptions = {
  headers: [],
  method: 'GET',
  http: '1.1',
  plain: false,
};

/** The key of RFC 6455's own example: explanations have to be the same each time. */
const exampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';

/**
 * The request that a browser would send for a URL (`ws:`, `wss:`, `http:`, `https:`, or a path or host without a scheme).
 * Gives a sentence instead when it is no such URL.
 */
export function requestForUrl(
  text: string,
  options: RequestOptions,
): ExplainedRequest | { readonly error: string } {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? text
    : text.startsWith('/')
      ? `ws://localhost${text}`
      : `ws://${text}`;
  const scheme = withScheme.slice(0, withScheme.indexOf(':')).toLowerCase();
  if (!['ws', 'wss', 'http', 'https'].includes(scheme)) {
    return { error: `cannot explain ${scheme}: URLs; give ws://, wss://, http:// or https://` };
  }
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    return { error: `"${text}" is not a URL; give something like ws://example.com/chat/` };
  }
  const tls = scheme === 'wss' || scheme === 'https';
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  const bad = options.headers.find((line) => !/^[^:\s]+\s*:/.test(line));
  if (bad !== undefined) return { error: `header "${bad}" is not of the form "Name: value"` };
  // The browser's own normalisation of dot segments would hide what nginx does with them, so the path is taken as it was written.
  const written = /^[a-z0-9+.-]+:\/\/[^/?#]*([^#]*)/i.exec(withScheme)?.[1] ?? '';
  const target = encodeBytes(written.startsWith('/') ? written : `/${written}`).replaceAll(' ', '%20');
  return {
    raw: requestHead(options, target, url.host),
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    tls,
  };
}

/** A head with the browser's default headers (RFC 6455 section 4.1) under those given. */
export function requestHead(options: RequestOptions, target: string, host: string): string {
  const defaults: readonly [string, string][] = options.plain
    ? [
        ['Host', host],
        ['Accept', '*/*'],
      ]
    : [
        ['Host', host],
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Key', exampleKey],
        ['Sec-WebSocket-Version', '13'],
      ];
  const given = options.headers.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [encodeBytes(line.slice(0, colon).trim()), encodeBytes(line.slice(colon + 1).trim())];
  });
  const replaced = new Set(given.map(([name]) => name.toLowerCase()));
  const lines = [
    ...defaults.filter(([name]) => !replaced.has(name.toLowerCase())),
    ...given.filter(([, value]) => value !== ''),
  ];
  return [
    `${options.method} ${target} HTTP/${options.http}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n');
}
