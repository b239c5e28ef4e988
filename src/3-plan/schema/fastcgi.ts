import { z } from './z.ts';
import { cacheTableOf } from './cache.ts';
import { proxyTable } from './proxy.ts';
import { custom, flag, origin, regex, string, template } from './setting.ts';

/** One `fastcgi_param`. */
export const fastcgiParam = z.strictObject({
  name: z.string(),
  value: template,
  /** `if_not_empty` */
  skipEmpty: z.boolean(),
  origin,
});

/** ngx_http_fastcgi_module's inherited settings; those of all upstreams are the same as for proxying. */
export const fastcgiTable = {
  fastcgi_param: custom(z.array(fastcgiParam), []),
  fastcgi_index: string(''),
  fastcgi_split_path_info: custom(regex.nullable(), null),
  fastcgi_keep_conn: flag(false),
  fastcgi_catch_stderr: custom(z.array(z.string()), []),
  fastcgi_pass_request_headers: proxyTable.proxy_pass_request_headers,
  fastcgi_pass_request_body: proxyTable.proxy_pass_request_body,
  fastcgi_hide_header: proxyTable.proxy_hide_header,
  fastcgi_pass_header: proxyTable.proxy_pass_header,
  fastcgi_ignore_headers: proxyTable.proxy_ignore_headers,
  fastcgi_intercept_errors: proxyTable.proxy_intercept_errors,
  fastcgi_buffering: proxyTable.proxy_buffering,
  fastcgi_buffer_size: proxyTable.proxy_buffer_size,
  fastcgi_buffers: proxyTable.proxy_buffers,
  fastcgi_busy_buffers_size: proxyTable.proxy_busy_buffers_size,
  fastcgi_max_temp_file_size: proxyTable.proxy_max_temp_file_size,
  fastcgi_temp_file_write_size: proxyTable.proxy_temp_file_write_size,
  fastcgi_temp_path: custom(z.strictObject({ path: z.string(), levels: z.array(z.int()) }), {
    path: 'fastcgi_temp',
    levels: [] as number[],
  }),
  fastcgi_request_buffering: proxyTable.proxy_request_buffering,
  fastcgi_ignore_client_abort: proxyTable.proxy_ignore_client_abort,
  fastcgi_limit_rate: proxyTable.proxy_limit_rate,
  fastcgi_connect_timeout: proxyTable.proxy_connect_timeout,
  fastcgi_send_timeout: proxyTable.proxy_send_timeout,
  fastcgi_read_timeout: proxyTable.proxy_read_timeout,
  fastcgi_next_upstream: proxyTable.proxy_next_upstream,
  fastcgi_next_upstream_tries: proxyTable.proxy_next_upstream_tries,
  fastcgi_next_upstream_timeout: proxyTable.proxy_next_upstream_timeout,
  fastcgi_bind: proxyTable.proxy_bind,
  fastcgi_socket_keepalive: proxyTable.proxy_socket_keepalive,
  fastcgi_force_ranges: proxyTable.proxy_force_ranges,
  ...cacheTableOf('fastcgi'),
  fastcgi_send_lowat: proxyTable.proxy_send_lowat,
  fastcgi_socket_rcvbuf: proxyTable.proxy_socket_rcvbuf,
  fastcgi_socket_sndbuf: proxyTable.proxy_socket_sndbuf,
};

/** `fastcgi_pass`: an upstream of the plan, or (-1) an address from variables. */
export const fastcgiPass = z.strictObject({
  kind: z.literal('fastcgi'),
  upstream: z.int().min(-1),
  address: template.nullable(),
  origin,
});
