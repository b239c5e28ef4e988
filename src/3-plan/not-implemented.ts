/** Whether clients get something else without a directive, or nginx would only work otherwise inside. */
export type Effect = 'changes' | 'tuning';

/** What is known of a directive that the runtime does not implement. */
export interface NotImplemented {
  readonly effect: Effect;
  /** What it means, where the effect's own words do not say it. */
  readonly detail?: string;
  /** With `off` it asks for nothing. */
  readonly unlessOff?: true;
}

/** What each effect means to the reader. */
export const details: Readonly<Record<Effect, string>> = {
  changes:
    'Clients would get other answers than from nginx, so serving refuses this plan unless told otherwise.',
  tuning: 'It tunes how nginx works inside; clients get the same answers.',
};

/** Directives that change nothing for clients, and that are rare enough to be named. */
const tuning = [
  'accept_mutex',
  'accept_mutex_delay',
  'debug_points',
  'pcre_jit',
  'ssl_engine',
  'thread_pool',
  'timer_resolution',
  'use',
  'worker_aio_requests',
  'worker_cpu_affinity',
  'worker_priority',
  'worker_rlimit_core',
  'map_hash_bucket_size',
  'map_hash_max_size',
  'http2_chunk_size',
  'http2_max_concurrent_streams',
  'http2_body_preread_size',
  'http2_recv_buffer_size',
  'http2_idle_timeout',
  'http2_max_field_size',
  'http2_max_header_size',
  'http2_max_requests',
  'http2_recv_timeout',
  'http2_push',
  'http2_push_preload',
  'http2_max_concurrent_pushes',
  'load_module',
  'grpc_set_header',
  'grpc_read_timeout',
  'grpc_send_timeout',
  'ssl_dyn_rec_enable',
  'http3_stream_buffer_size',
  'quic_gso',
  'status_zone',
  'http2_pool_size',
  'http2_streams_index_size',
  'http3_max_concurrent_streams',
  'http3_hq',
  'quic_retry',
  'quic_host_key',
  'quic_active_connection_id_limit',
  'quic_bpf',
  'epoll_events',
  'devpoll_changes',
  'devpoll_events',
  'eventport_events',
  'kqueue_changes',
  'kqueue_events',
  'acceptex_read',
  'iocp_threads',
  'post_acceptex',
] as const;

const http1 = 'Clients get HTTP/1.1.';

/** Directive to what is known of it; one that is absent changes what clients get. */
export const notImplemented: Readonly<Record<string, NotImplemented>> = {
  ...Object.fromEntries(tuning.map((name) => [name, { effect: 'tuning' }] as const)),
  http2: { effect: 'tuning', detail: http1, unlessOff: true },
  http3: { effect: 'tuning', detail: http1, unlessOff: true },
  ssl_early_data: {
    effect: 'tuning',
    detail: 'Clients send their requests after the handshake.',
    unlessOff: true,
  },
};
