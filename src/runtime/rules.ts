import type { Connection, Resolution } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import type { UpstreamExchange } from '../engine/upstream-exchange.ts';
import type { SendRules } from './client/client-sink.ts';
import type { LingeringRules } from './client/lingering.ts';
import type { BodyRules } from './client/request-body.ts';
import type { Services } from './services.ts';
import type { SpoolLimits } from './upstream/response-spool.ts';
import type { TunnelTimeouts } from './tunnel/tunnel.ts';

/** What the configuration says about moving bytes; everything about what to answer is the engine's. Times in milliseconds. */
export interface Rules {
  /** A lone LF ends a line of chunked framing (nginx before 1.29.2). */
  readonly bareLineFeeds: boolean;
  /** `client_header_timeout` of the default server of the connection's address. */
  headerTimeout(connection: Connection): number;
  keepaliveTimeout(request: Request): number;
  lingering(request: Request): LingeringRules;
  /** `reset_timedout_connection` */
  resetTimedOut(request: Request): boolean;
  body(request: Request): BodyRules;
  /** `client_body_timeout` */
  bodyTimeout(request: Request): number;
  /** A body's file that still has its name is deleted after the request (`client_body_in_file_only clean`). */
  removeBodyFile(request: Request): boolean;
  send(request: Request): SendRules;
  tunnelTimeouts(request: Request, clientSend: number): TunnelTimeouts;
  spool(exchange: UpstreamExchange): SpoolLimits;
  /** `proxy_ignore_client_abort` */
  ignoreClientAbort(request: Request): boolean;
  /** Starts a resolution; the function it returns gives it up. */
  resolve(
    services: Services,
    request: Request,
    resolution: Resolution,
    done: (error: string, addresses: readonly string[]) => void,
  ): () => void;
}
