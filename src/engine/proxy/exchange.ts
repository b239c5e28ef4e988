import type { CacheEntry } from '../cache/cache-entry.ts';
import type { ModuleSettings } from '../../3-plan/schema.ts';
import type {
  Peer,
  KeepalivePool,
  UpstreamAttempt,
  UpstreamExchange,
  RecordState,
} from '../upstream-exchange.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { Selection } from '../upstream/selection.ts';
import type { CompiledProxy } from './compile.ts';
import type { Target } from './target.ts';
import type { CompiledUpstream } from './upstreams.ts';

const noPeer: Peer = { name: '', host: '', port: 0, path: '' };
const noHeaders: string[] = [];

/** The engine's side of an exchange with an upstream; one shape, whatever happens to it. */
export class Exchange implements UpstreamExchange {
  readonly proxy: CompiledProxy;
  readonly target: Target;
  /** Set when servers are looked for: an answer from the cache needs none. */
  upstream!: CompiledUpstream;
  selection!: Selection;
  readonly settings: ModuleSettings<'proxy'>;
  readonly tls: boolean;
  readonly headless: boolean;
  startedAt: number;
  readonly gateway: Gateway | null;
  /** The protocol lets the connection serve another request. */
  keepsConnection = false;
  records: RecordState | null = null;
  wholeInHead = false;
  /** Messages on stderr up to here have been logged. */
  stderrEnd = 0;
  /** Bytes on stderr: they do not count for the size of the head. */
  skipped = 0;
  tlsName = '';
  tlsCertificate = '';
  tlsKey = '';
  /** What the request said about its session (`sticky`), and the cookie that was set for it; ''. */
  stickyId = '';
  stickyCookie = '';
  cached = false;
  trailers = '';
  hostHeader: string;
  portText: string;
  serverName = '';
  peer: Peer = noPeer;
  pool: KeepalivePool | null = null;
  attempt!: UpstreamAttempt;
  ownBody = false;
  ownBodyLength = -1;
  chunkedBody = false;
  passBody = false;
  /** The place of the answer in a cache; null where none is used. */
  entry: CacheEntry | null = null;
  /** The look into the cache is over. */
  lookedUp = false;
  /** The answer is going to be stored in the cache: the upstream gets no conditions and ranges of the client. */
  cacheable = false;
  /** The answer comes from the cache (`r->cached`). */
  fromCache = false;
  /** `proxy_store` is still to be done. */
  storing = false;
  /** The upstream's head as it came; kept for the cache. */
  rawHead = '';
  /** `GET` where `HEAD` was changed for the cache (`proxy_cache_convert_head`); ''. */
  convertedMethod = '';
  /** `$upstream_cache_status`; '' where no cache was asked. */
  cacheStatus = '';
  bindAddress = '';
  bindPort = 0;
  /** Method and target that were sent. */
  method = '';
  uri = '';
  head: string | null = null;

  headEnd = 0;
  status = 0;
  reason = '';
  headers: string[] = noHeaders;
  contentLength = -1;
  declaredLength = -1;
  chunked = false;
  keepalive = false;
  earlyHints = '';
  buffering: boolean;
  readRate = 0;
  requestSent = false;
  /** No server is in use. */
  released = true;
  headLimit: number;

  constructor(proxy: CompiledProxy, target: Target, now: number) {
    this.proxy = proxy;
    this.target = target;
    this.settings = proxy.settings;
    this.gateway = proxy.gateway;
    this.tls = target.scheme === 'https';
    this.headless = proxy.tunnel;
    this.hostHeader = target.hostHeader;
    this.portText = target.portText;
    this.buffering = proxy.settings.proxy_buffering;
    this.headLimit = proxy.settings.proxy_buffer_size;
    this.startedAt = now;
  }

  /** The answer is kept: it is fetched to its end whether the client waits for it or not. */
  get stores(): boolean {
    return this.cacheable || this.storing;
  }
}

/** The exchange of a request that has one. */
export function exchangeOf({ upstream }: { readonly upstream: UpstreamExchange | null }): Exchange {
  return upstream as unknown as Exchange;
}
