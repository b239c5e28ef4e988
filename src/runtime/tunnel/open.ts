import type { Request } from '../../engine/request.ts';
import type { ClientConnection } from '../client/connection.ts';
import type { DataPath } from '../data-path.ts';
import type { UpstreamConnection } from '../upstream/connection.ts';
import { Tunnel } from './tunnel.ts';
import type { TunnelEnd } from './tunnel.ts';

/**
 * Turns a client's connection and an upstream's into a tunnel, when the client has got its head (ngx_http_upstream_upgrade): first
 * goes what came on either side before.
 *
 * @param early holds from `start` to `end` what came from the upstream behind its head
 * @param ended called once
 */
export function openTunnel(
  path: DataPath,
  request: Request,
  client: ClientConnection,
  upstream: UpstreamConnection,
  early: Buffer,
  start: number,
  end: number,
  ended: (why: TunnelEnd) => void,
): void {
  const tunnel = new Tunnel({
    request,
    attempt: request.upstream!.attempt,
    client: client.stream,
    upstream,
    deadlines: path.deadlines,
    timeouts: path.rules.tunnelTimeouts(request, path.rules.send(request).timeout),
    ended,
  });
  if (end > start) tunnel.fromUpstream(early, end, start);
  tunnel.sendEarly(client.input.take());
  if (client.stream.ended) tunnel.clientEnded();
  else if (upstream.stream.ended) tunnel.upstreamEnded();
}
