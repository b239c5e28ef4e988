/**
 * Directives that the runtime does not implement and that change nothing for clients. Every other directive without a
 * lowering counts as one that would change what clients get.
 */
const tuning = [
  'accept_mutex', 'accept_mutex_delay', 'debug_connection', 'debug_points', 'pcre_jit', 'ssl_engine', 'thread_pool',
  'timer_resolution', 'use', 'worker_aio_requests', 'worker_cpu_affinity', 'worker_priority', 'worker_rlimit_core',
  'gzip', 'gzip_buffers', 'gzip_comp_level', 'gzip_disable', 'gzip_hash', 'gzip_http_version', 'gzip_min_length',
  'gzip_no_buffer', 'gzip_proxied', 'gzip_types', 'gzip_vary', 'gzip_window', 'gzip_static', 'gunzip', 'gunzip_buffers',
  'ssl_object_cache_inheritable', 'ssl_certificate_cache', 'ssl_certificate_compression', 'map_hash_bucket_size', 'map_hash_max_size', 'referer_hash_bucket_size',
  'referer_hash_max_size', 'client_body_buffer_size', 'http2_chunk_size', 'http2_max_concurrent_streams',
  'http2_body_preread_size', 'http2_recv_buffer_size', 'http2_idle_timeout', 'http2_max_field_size',
  'http2_max_header_size', 'http2_max_requests', 'http2_recv_timeout', 'http2_push', 'http2_push_preload',
  'http2_max_concurrent_pushes', 'proxy_cache', 'proxy_cache_path', 'proxy_cache_bypass', 'proxy_no_cache', 'proxy_cache_valid',
  'proxy_cache_key', 'proxy_cache_methods', 'proxy_cache_min_uses', 'proxy_cache_lock', 'proxy_cache_lock_age',
  'proxy_cache_lock_timeout', 'proxy_cache_use_stale', 'proxy_cache_revalidate', 'proxy_cache_background_update',
  'proxy_cache_max_range_offset', 'proxy_cache_convert_head', 'ssl_stapling', 'load_module',
  'variables_hash_bucket_size', 'variables_hash_max_size', 'fastcgi_buffers', 'fastcgi_buffer_size',
  'fastcgi_connect_timeout', 'fastcgi_read_timeout', 'fastcgi_send_timeout', 'fastcgi_temp_path', 'uwsgi_temp_path',
  'scgi_temp_path', 'fastcgi_param', 'fastcgi_index', 'fastcgi_pass_request_body', 'fastcgi_pass_request_headers', 'fastcgi_split_path_info', 'uwsgi_param', 'scgi_param',
  'fastcgi_keep_conn', 'uwsgi_read_timeout', 'uwsgi_send_timeout', 'grpc_set_header', 'grpc_read_timeout',
  'grpc_send_timeout', 'fastcgi_intercept_errors', 'ssl_dyn_rec_enable', 'types_hash_max_size',
  'server_names_hash_bucket_size', 'http3_stream_buffer_size', 'quic_gso', 'status_zone',
] as const;

/** Directive to its effect; what is absent changes what clients get. */
export const notImplementedEffects: Readonly<Record<string, 'changes' | 'tuning'>> = Object.fromEntries(
  tuning.map((name) => [name, 'tuning'] as const),
);
