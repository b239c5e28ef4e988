import type { infer as Infer } from 'zod';
import { z } from './z.ts';
import { proxyCacheTable } from './cache.ts';
import { proxyTable, proxyTlsTable } from './proxy.ts';
import type { SettingsTable } from './setting.ts';
import { bitmask, custom, flag, number, origin, regex, string, template } from './setting.ts';

/** One `fastcgi_param`, `uwsgi_param` or `scgi_param`. */
const gatewayParam = z.strictObject({
  name: z.string(),
  value: template,
  /** `if_not_empty` */
  skipEmpty: z.boolean(),
  origin,
});
export type GatewayParam = Infer<typeof gatewayParam>;

type Renamed<Table, Prefix extends string> = {
  [Name in keyof Table as Name extends `proxy_${infer Rest}` ? `${Prefix}_${Rest}` : never]: Table[Name];
};

/** Settings that another module has as ngx_http_proxy_module has them, under names of its own. */
function renamed<const Prefix extends string, Table extends SettingsTable>(
  prefix: Prefix,
  table: Table,
): Renamed<Table, Prefix> {
  const entries = Object.entries(table).map(([name, setting]) => [name.replace('proxy', prefix), setting]);
  return Object.fromEntries(entries) as Renamed<Table, Prefix>;
}

/** What every module has that passes requests on. */
const connectionTable = {
  proxy_bind: proxyTable.proxy_bind,
  proxy_socket_keepalive: proxyTable.proxy_socket_keepalive,
  proxy_connect_timeout: proxyTable.proxy_connect_timeout,
  proxy_send_timeout: proxyTable.proxy_send_timeout,
  proxy_read_timeout: proxyTable.proxy_read_timeout,
  proxy_next_upstream_tries: proxyTable.proxy_next_upstream_tries,
  proxy_next_upstream_timeout: proxyTable.proxy_next_upstream_timeout,
  proxy_buffer_size: proxyTable.proxy_buffer_size,
};

const { proxy_cache_convert_head: _, ...cacheTable } = proxyCacheTable;

/** What the protocols of programs (CGI's descendants) have in common with proxying; converting `HEAD` is proxying's own. */
const programTable = {
  ...connectionTable,
  ...cacheTable,
  proxy_next_upstream: proxyTable.proxy_next_upstream,
  proxy_pass_request_headers: proxyTable.proxy_pass_request_headers,
  proxy_pass_request_body: proxyTable.proxy_pass_request_body,
  proxy_hide_header: proxyTable.proxy_hide_header,
  proxy_pass_header: proxyTable.proxy_pass_header,
  proxy_ignore_headers: proxyTable.proxy_ignore_headers,
  proxy_intercept_errors: proxyTable.proxy_intercept_errors,
  proxy_buffering: proxyTable.proxy_buffering,
  proxy_buffers: proxyTable.proxy_buffers,
  proxy_busy_buffers_size: proxyTable.proxy_busy_buffers_size,
  proxy_max_temp_file_size: proxyTable.proxy_max_temp_file_size,
  proxy_temp_file_write_size: proxyTable.proxy_temp_file_write_size,
  proxy_request_buffering: proxyTable.proxy_request_buffering,
  proxy_ignore_client_abort: proxyTable.proxy_ignore_client_abort,
  proxy_limit_rate: proxyTable.proxy_limit_rate,
  proxy_force_ranges: proxyTable.proxy_force_ranges,
  proxy_socket_rcvbuf: proxyTable.proxy_socket_rcvbuf,
  proxy_socket_sndbuf: proxyTable.proxy_socket_sndbuf,
};

const params = () => custom<GatewayParam[]>(z.array(gatewayParam), []);

/** The default is a bare name, as with `proxy_temp_path`. */
const tempPath = (path: string) =>
  custom(z.strictObject({ path: z.string(), levels: z.array(z.int()) }), { path, levels: [] as number[] });

/** ngx_http_fastcgi_module's inherited settings. */
export const fastcgiTable = {
  ...renamed('fastcgi', programTable),
  fastcgi_temp_path: tempPath('fastcgi_temp'),
  fastcgi_param: params(),
  fastcgi_index: string(''),
  fastcgi_split_path_info: custom(regex.nullable(), null),
  fastcgi_keep_conn: flag(false),
  fastcgi_catch_stderr: custom(z.array(z.string()), []),
  fastcgi_send_lowat: proxyTable.proxy_send_lowat,
};

/** ngx_http_uwsgi_module's inherited settings. */
export const uwsgiTable = {
  ...renamed('uwsgi', programTable),
  ...renamed('uwsgi', proxyTlsTable),
  uwsgi_temp_path: tempPath('uwsgi_temp'),
  uwsgi_param: params(),
  uwsgi_modifier1: number(0),
  uwsgi_modifier2: number(0),
  uwsgi_string: string(''),
};

/** ngx_http_scgi_module's inherited settings. */
export const scgiTable = {
  ...renamed('scgi', programTable),
  scgi_temp_path: tempPath('scgi_temp'),
  scgi_param: params(),
};

/** ngx_http_memcached_module's inherited settings. */
export const memcachedTable = {
  ...renamed('memcached', connectionTable),
  memcached_next_upstream: bitmask(
    ['error', 'timeout', 'invalid_response', 'not_found', 'off'],
    ['error', 'timeout'],
  ),
  /** Bits of an entry's flags that say it is compressed. */
  memcached_gzip_flag: number(0),
};

const gatewayNames = ['fastcgi', 'uwsgi', 'scgi', 'memcached'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** `fastcgi_pass` and its like: an upstream of the plan, or (-1) an address from variables. */
export const gatewayPass = z.strictObject({
  kind: z.literal('gateway'),
  protocol: z.enum(gatewayNames),
  /** `suwsgi://`; with variables their text says it. */
  tls: z.boolean(),
  upstream: z.int().min(-1),
  address: template.nullable(),
  origin,
});
export type GatewayPass = Infer<typeof gatewayPass>;
