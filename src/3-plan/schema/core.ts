import type { infer as Infer } from 'zod';
import { z } from './z.ts';
import {
  bitmask,
  custom,
  enumeration,
  flag,
  ignored,
  msec,
  number,
  offset,
  origin,
  size,
  string,
  template,
  text,
} from './setting.ts';

/** `error_page 404 =200 /uri`: `overwrite` is -1 for none, 0 for a bare `=`. `location` is an index for `@name`, else -1. */
export const errorPage = z.strictObject({
  codes: z.array(z.int()),
  overwrite: z.int(),
  to: template,
  args: z.string(),
  origin,
});
export type ErrorPage = Infer<typeof errorPage>;

/**
 * Where files are looked for. `alias` 0: `root`, which precedes the URI. Above 0: so many characters of the URI are replaced
 * (the name of the location that has the `alias`). -1: `alias` in a regex location, the path of the file itself.
 */
export const root = z.strictObject({ path: template, alias: z.int().min(-1), origin });
export type Root = Infer<typeof root>;

export const accessLogTarget = z.strictObject({
  log: z.int(),
  format: z.int(),
  path: template.nullable(),
  if: template.nullable(),
  origin,
});

export const errorLogTarget = z.strictObject({
  log: z.int(),
  level: z.string(),
  origin,
});

/** `from`: in this beginning of a path links are followed. */
export const disableSymlinks = z.strictObject({
  mode: z.enum(['off', 'on', 'if_not_owner']),
  from: template.nullable(),
});
export type DisableSymlinks = Infer<typeof disableSymlinks>;

/** ngx_http_core_module, with root and alias together as `root`. Names are directives; times are milliseconds unless said. */
export const coreTable = {
  root: custom(root.nullable(), null),
  default_type: string('text/plain'),
  types: custom(z.record(z.string(), z.string()).nullable(), null),
  error_page: custom(z.array(errorPage), []),
  recursive_error_pages: flag(false),
  satisfy: enumeration(['all', 'any'], 'all'),
  client_max_body_size: offset(1024 * 1024),
  client_body_buffer_size: size(16384),
  client_body_timeout: msec(60000),
  client_body_in_file_only: enumeration(['off', 'on', 'clean'], 'off'),
  client_body_in_single_buffer: ignored(),
  client_body_temp_path: custom(z.strictObject({ path: z.string(), levels: z.array(z.int()) }), {
    path: 'client_body_temp',
    levels: [],
  }),
  client_header_timeout: msec(60000),
  client_header_buffer_size: ignored(),
  large_client_header_buffers: custom(z.strictObject({ number: z.int(), size: z.int() }), {
    number: 4,
    size: 8192,
  }),
  max_headers: number([
    ['0', 0],
    ['1.29.5', 1000],
  ]),
  ignore_invalid_headers: flag(true),
  underscores_in_headers: flag(false),
  merge_slashes: flag(true),
  keepalive_timeout: custom(z.strictObject({ timeout: z.int(), header: z.int() }), {
    timeout: 75000,
    header: 0,
  }),
  keepalive_requests: number([
    ['0', 100],
    ['1.19.10', 1000],
  ]),
  keepalive_time: msec(3600000),
  keepalive_min_timeout: ignored(),
  keepalive_disable: bitmask(['none', 'msie6', 'safari'], ['msie6']),
  lingering_close: enumeration(['off', 'on', 'always'], 'on'),
  lingering_time: msec(30000),
  lingering_timeout: msec(5000),
  send_timeout: msec(60000),
  reset_timedout_connection: flag(false),
  chunked_transfer_encoding: flag(true),
  etag: flag(true),
  if_modified_since: enumeration(['off', 'exact', 'before'], 'exact'),
  max_ranges: number(-1),
  absolute_redirect: flag(true),
  server_name_in_redirect: flag(false),
  port_in_redirect: flag(true),
  server_tokens: enumeration(['off', 'on', 'build'], 'on'),
  log_not_found: flag(true),
  log_subrequest: flag(false),
  limit_rate: text('0'),
  limit_rate_after: text('0'),
  resolver: custom(z.int(), -1),
  resolver_timeout: msec(30000),
  internal: custom(z.boolean(), false),
  post_action: string(''),
  auth_delay: msec(0),
  disable_symlinks: custom(disableSymlinks, { mode: 'off', from: null }),
  early_hints: custom(z.array(template), []),
  error_log: custom(z.array(errorLogTarget), []),
  msie_padding: flag(true),
  msie_refresh: flag(false),
  postpone_output: ignored(),
  sendfile: ignored(),
  sendfile_max_chunk: ignored(),
  subrequest_output_buffer_size: size(4096),
  aio: ignored(),
  aio_write: ignored(),
  read_ahead: ignored(),
  directio: ignored(),
  directio_alignment: ignored(),
  tcp_nopush: ignored(),
  tcp_nodelay: ignored(),
  send_lowat: ignored(),
  output_buffers: ignored(),
  connection_pool_size: ignored(),
  request_pool_size: ignored(),
  open_file_cache: ignored(),
  open_file_cache_valid: ignored(),
  open_file_cache_min_uses: ignored(),
  open_file_cache_errors: ignored(),
  open_file_cache_events: ignored(),
  types_hash_max_size: ignored(),
  types_hash_bucket_size: ignored(),
  server_names_hash_max_size: ignored(),
  server_names_hash_bucket_size: ignored(),
  variables_hash_max_size: ignored(),
  variables_hash_bucket_size: ignored(),
};

/** ngx_http_log_module and ngx_http_rewrite_module's inherited switches. */
export const logTable = {
  access_log: custom(z.array(accessLogTarget).nullable(), null),
  open_log_file_cache: ignored(),
  rewrite_log: flag(false),
  uninitialized_variable_warn: flag(true),
};

/** ngx_http_charset_filter_module; the maps are `http.charsetMaps`. */
export const charsetTable = {
  charset: text('off'),
  source_charset: text('off'),
  override_charset: flag(false),
  charset_types: custom(z.array(z.string()), [
    'text/html',
    'text/xml',
    'text/plain',
    'text/vnd.wap.wml',
    'application/javascript',
    'application/rss+xml',
  ]),
};

/** One `add_header` or `add_trailer`. */
const addedHeader = z.strictObject({
  name: z.string(),
  value: template,
  always: z.boolean(),
  origin,
});
export const expires = z.strictObject({
  /** `modified +time` counts from Last-Modified. */
  mode: z.enum(['off', 'epoch', 'max', 'access', 'modified', 'daily', 'variable']),
  seconds: z.int(),
  value: template.nullable(),
});

/** ngx_http_headers_module. */
export const headersTable = {
  add_header: custom(z.array(addedHeader), []),
  add_trailer: custom(z.array(addedHeader), []),
  add_header_inherit: enumeration(['off', 'on', 'merge'], 'on'),
  add_trailer_inherit: enumeration(['off', 'on', 'merge'], 'on'),
  expires: custom(expires.nullable(), null),
};

/** ngx_http_userid_filter_module: `none` and `off` switch a part off, `userid_service` -1 is the local address. */
export const useridTable = {
  userid: enumeration(['off', 'log', 'v1', 'on'], 'off'),
  userid_service: number(-1),
  userid_name: string('uid'),
  userid_domain: string('none'),
  userid_path: string('/'),
  userid_expires: custom(z.union([z.int(), z.literal('max')]), 0),
  userid_flags: bitmask(
    ['off', 'secure', 'httponly', 'samesite=strict', 'samesite=lax', 'samesite=none'],
    [],
  ),
  userid_p3p: string('none'),
  userid_mark: string('off'),
};

/** ngx_http_index_module, ngx_http_autoindex_module, ngx_http_static_module's neighbours. */
export const indexTable = {
  index: custom(z.array(template), ['index.html']),
  random_index: flag(false),
  autoindex: flag(false),
  autoindex_exact_size: flag(true),
  autoindex_localtime: flag(false),
  autoindex_format: enumeration(['html', 'json', 'jsonp', 'xml'], 'html'),
};

/** One `allow` or `deny`; `network` is `all`, `unix:`, an address or a CIDR range. */
const accessRule = z.strictObject({ allow: z.boolean(), network: z.string(), origin });

/** ngx_http_access_module. */
export const accessTable = { rules: custom(z.array(accessRule), []) };

/** ngx_http_auth_basic_module: realm `off` switches it off. */
export const authBasicTable = {
  auth_basic: text('off'),
  auth_basic_user_file: text(''),
};

/** ngx_http_auth_request_module: uri '' is off. */
export const authRequestTable = {
  auth_request: custom(z.string(), ''),
  auth_request_set: custom(z.array(z.strictObject({ variable: z.string(), value: template, origin })), []),
};

/** ngx_http_mirror_module. */
export const mirrorTable = {
  mirror: custom(z.array(z.string()), []),
  mirror_request_body: flag(true),
};

/** ngx_http_ssi_filter_module. */
export const ssiTable = {
  ssi: flag(false),
  ssi_silent_errors: flag(false),
  ssi_ignore_recycled_buffers: ignored(),
  ssi_min_file_chunk: ignored(),
  ssi_value_length: number(256),
  ssi_last_modified: flag(false),
  ssi_types: custom(z.array(z.string()), ['text/html']),
};

/** ngx_http_mp4_module. */
export const mp4Table = {
  mp4_buffer_size: size(524_288),
  mp4_max_buffer_size: size(10_485_760),
  mp4_start_key_frame: flag(false),
};

/** ngx_http_dav_module. */
export const davTable = {
  dav_methods: bitmask(['off', 'PUT', 'DELETE', 'MKCOL', 'COPY', 'MOVE'], []),
  create_full_put_path: flag(false),
  min_delete_depth: number(0),
  dav_access: custom(z.int(), 0o600),
};
