import type { infer as Infer } from 'zod';
import { z } from './z.ts';
import { confCommands } from './conf-command.ts';
import { proxyCacheTable } from './cache.ts';
import { certificateCache } from './ssl.ts';
import {
  bitmask,
  custom,
  enumeration,
  flag,
  ignored,
  msec,
  number,
  origin,
  regex,
  size,
  template,
  text,
} from './setting.ts';

/** One `proxy_set_header`. */
export const setHeader = z.strictObject({ name: z.string(), value: template, origin });
/** `from` is text at the start of the header (or a regex); `default` means: made from `proxy_pass`. */
const redirectRule = z.strictObject({
  from: z.union([template, regex, z.literal(null)]),
  to: template,
});
export const cookieRule = z.strictObject({ from: z.union([template, regex]), to: template });
const cookieFlags = z.strictObject({
  name: z.union([template, regex]),
  flags: z.array(template),
});

/** The part of ngx_http_proxy_module's settings that is about TLS. */
export const proxyTlsTable = {
  proxy_ssl_server_name: flag(false),
  /** Null: the host that the request is passed to. */
  proxy_ssl_name: custom(template.nullable(), null),
  proxy_ssl_verify: flag(false),
  proxy_ssl_verify_depth: number(1),
  proxy_ssl_trusted_certificate: custom(z.string(), ''),
  proxy_ssl_crl: custom(z.string(), ''),
  proxy_ssl_certificate: text(''),
  proxy_ssl_certificate_key: text(''),
  /** Of certificates with variables; `inactive` and `valid` in seconds. */
  proxy_ssl_certificate_cache: certificateCache(),
  proxy_ssl_password_file: custom(z.string(), ''),
  proxy_ssl_protocols: bitmask(['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'], []),
  proxy_ssl_ciphers: custom(z.string(), 'DEFAULT'),
  proxy_ssl_conf_command: confCommands(),
  proxy_ssl_session_reuse: flag(true),
};

/** ngx_http_proxy_module's inherited settings. */
export const proxyTable = {
  proxy_set_header: custom(z.array(setHeader), []),
  proxy_http_version: enumeration(
    ['1.0', '1.1', '2'],
    [
      ['0', '1.0'],
      ['1.29.7', '1.1'],
    ],
  ),
  proxy_method: text(''),
  proxy_pass_request_headers: flag(true),
  proxy_pass_request_body: flag(true),
  proxy_set_body: custom(template.nullable(), null),
  proxy_redirect: custom(z.union([z.literal('off'), z.array(redirectRule)]), [{ from: null, to: '' }]),
  proxy_cookie_domain: custom(z.array(cookieRule), []),
  proxy_cookie_path: custom(z.array(cookieRule), []),
  proxy_cookie_flags: custom(z.array(cookieFlags), []),
  proxy_hide_header: custom(z.array(z.string()), []),
  proxy_pass_header: custom(z.array(z.string()), []),
  proxy_ignore_headers: bitmask(
    [
      'X-Accel-Redirect',
      'X-Accel-Expires',
      'X-Accel-Limit-Rate',
      'X-Accel-Buffering',
      'X-Accel-Charset',
      'Expires',
      'Cache-Control',
      'Set-Cookie',
      'Vary',
    ],
    [],
  ),
  proxy_intercept_errors: flag(false),
  proxy_buffering: flag(true),
  proxy_buffer_size: size(4096),
  proxy_buffers: custom(z.strictObject({ number: z.int(), size: z.int() }), {
    number: 8,
    size: 4096,
  }),
  proxy_busy_buffers_size: ignored(),
  proxy_max_temp_file_size: size(1024 * 1024 * 1024),
  proxy_temp_file_write_size: ignored(),
  proxy_temp_path: custom(z.strictObject({ path: z.string(), levels: z.array(z.int()) }), {
    path: 'proxy_temp',
    levels: [],
  }),
  proxy_request_buffering: flag(true),
  proxy_ignore_client_abort: flag(false),
  proxy_limit_rate: text('0'),
  proxy_connect_timeout: msec(60000),
  proxy_send_timeout: msec(60000),
  proxy_read_timeout: msec(60000),
  proxy_next_upstream: bitmask(
    [
      'error',
      'timeout',
      'invalid_header',
      'non_idempotent',
      'http_500',
      'http_502',
      'http_503',
      'http_504',
      'http_403',
      'http_404',
      'http_429',
      'updating',
      'off',
    ],
    ['error', 'timeout'],
  ),
  proxy_next_upstream_tries: number(0),
  proxy_next_upstream_timeout: msec(0),
  proxy_bind: custom(z.strictObject({ address: template, transparent: z.boolean() }).nullable(), null),
  proxy_socket_keepalive: flag(false),
  proxy_pass_trailers: flag(false),
  proxy_force_ranges: flag(false),
  ...proxyCacheTable,
  ...proxyTlsTable,
  proxy_send_lowat: ignored(),
  proxy_headers_hash_max_size: ignored(),
  proxy_headers_hash_bucket_size: ignored(),
  proxy_socket_rcvbuf: ignored(),
  proxy_socket_sndbuf: ignored(),
};

/** ngx_http_tunnel_module's inherited settings. */
export const tunnelTable = {
  tunnel_bind: proxyTable.proxy_bind,
  tunnel_socket_keepalive: flag(false),
  tunnel_connect_timeout: msec(60000),
  tunnel_send_timeout: msec(60000),
  tunnel_read_timeout: msec(60000),
  tunnel_next_upstream: bitmask(['error', 'timeout', 'off'], ['error', 'timeout']),
  tunnel_next_upstream_tries: number(0),
  tunnel_next_upstream_timeout: msec(0),
  tunnel_buffer_size: ignored(),
  tunnel_send_lowat: ignored(),
  tunnel_socket_rcvbuf: ignored(),
  tunnel_socket_sndbuf: ignored(),
};

/**
 * The target of `proxy_pass`. Without variables: where it goes and which URI replaces the matched prefix (null: none was
 * written). With variables: the whole text.
 */
export const proxyPass = z.strictObject({
  scheme: z.enum(['http', 'https']),
  /** `$proxy_host`: host and port as written; '' with variables. */
  host: z.string(),
  /** `$proxy_port`. */
  port: z.string(),
  /** The URL as written, without its scheme: what `proxy_redirect default` looks for. */
  written: z.string(),
  uri: z.string().nullable(),
  /** Index into `upstreams` (an upstream is made for every address that has none); -1 with variables. */
  upstream: z.int().min(-1),
  /** The whole value when it has variables. */
  url: template.nullable(),
  origin,
});
export type ProxyPass = Infer<typeof proxyPass>;
