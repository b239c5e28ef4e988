/** The parts of a URL in `proxy_pass` (ngx_http_proxy_pass, ngx_parse_url, ngx_http_proxy_set_vars). */
export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  /** Host without port; `unix:/path` for a unix socket; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  readonly hasPort: boolean;
  /** Path and arguments after the authority; ''. */
  readonly uri: string;
  /** `$proxy_host`. */
  readonly hostHeader: string;
  /** `$proxy_port`. */
  readonly portText: string;
}

/** `error` for what nginx refuses, in its words: `invalid port`, or `invalid URL prefix` where it is no URL at all. */
export function parseTarget(url: string): ProxyTarget | { readonly error: string } {
  const match = /^(https?):\/\/(.+)$/is.exec(url);
  if (match === null) return { error: 'invalid URL prefix' };
  const scheme = match[1]!.toLowerCase() as 'http' | 'https';
  const rest = match[2]!;
  const defaultPort = scheme === 'http' ? 80 : 443;
  if (rest.toLowerCase().startsWith('unix:')) {
    const colon = rest.indexOf(':', 5);
    const host = colon === -1 ? rest : rest.slice(0, colon);
    if (host.length === 5) return { error: 'no path in the unix domain socket' };
    const uri = colon === -1 ? '' : rest.slice(colon + 1);
    return { scheme, host, port: 0, hasPort: false, uri, hostHeader: 'localhost', portText: '' };
  }
  if (rest.startsWith('[') && !rest.includes(']')) return { error: 'invalid host' };
  const end = rest.search(/[/?]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const uri = end === -1 ? '' : rest.slice(end);
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority);
  if (parts === null) return { error: 'invalid host' };
  const [, host = '', text] = parts;
  const hasPort = text !== undefined;
  if (hasPort && (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 65535))
    return { error: 'invalid port' };
  if (host === '') return { error: 'no host' };
  const port = hasPort ? Number(text) : defaultPort;
  const standard = !hasPort || port === defaultPort;
  return {
    scheme,
    host,
    port,
    hasPort,
    uri,
    hostHeader: standard ? host : `${host}:${text}`,
    portText: standard ? String(defaultPort) : text,
  };
}

/** The address of a gateway, and whether TLS is spoken there. */
export interface GatewayAddress {
  readonly tls: boolean;
  readonly address: string;
}

/** What `uwsgi_pass` says: `suwsgi://` stands for TLS, `uwsgi://` for nothing (ngx_http_uwsgi_eval). */
export function uwsgiAddress(text: string): GatewayAddress {
  const scheme = /^s?uwsgi:\/\/(?=.)/i.exec(text)?.[0] ?? '';
  return { tls: /^s/i.test(scheme), address: text.slice(scheme.length) };
}

/** The parts of an address without a URI (ngx_parse_url without `uri_part`). Errors are those of {@link parseTarget}. */
export function parseAddress({ tls, address }: GatewayAddress): ProxyTarget | { readonly error: string } {
  if (address === '') return { error: 'no host' };
  const isSocket = /^unix:/i.test(address);
  if (!isSocket && /[/?]/.test(address)) return { error: 'invalid host' };
  const target = parseTarget(`${tls ? 'https' : 'http'}://${address}`);
  // In the path of a socket a colon is a character like any other.
  return isSocket && !('error' in target) ? { ...target, host: address, uri: '' } : target;
}
