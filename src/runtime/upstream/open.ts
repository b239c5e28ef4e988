import { connect } from 'node:net';
import type { NetConnectOpts, OnReadOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import type { Buffers } from '../socket/buffers.ts';
import { ByteStream } from '../socket/byte-stream.ts';
import type { StreamOwner } from '../socket/byte-stream.ts';
import { upstreamTls } from './tls.ts';

/**
 * Begins to connect to the peer of an exchange.
 *
 * @param connected called when requests can be sent: after the TLS handshake where there is one
 */
export function openUpstream(
  exchange: UpstreamExchange,
  buffers: Buffers,
  owner: StreamOwner,
  connected: () => void,
): ByteStream {
  const { peer, tls } = exchange;
  const target: NetConnectOpts =
    peer.path !== ''
      ? { path: peer.path }
      : {
          host: peer.host,
          port: peer.port,
          ...(exchange.bindAddress === '' ? {} : { localAddress: exchange.bindAddress }),
          ...(exchange.bindPort > 0 ? { localPort: exchange.bindPort } : {}),
        };
  const common = { ...target, noDelay: true, allowHalfOpen: true, keepAlive: exchange.settings.socketKeepalive };
  if (tls === null) {
    const stream = ByteStream.connecting(
      (onread: OnReadOpts) => connect({ ...common, onread } as NetConnectOpts),
      buffers,
      owner,
    );
    stream.socket.once('connect', connected);
    return stream;
  }
  const stream = ByteStream.connecting(() => connectTls({ ...common, ...upstreamTls(tls, exchange.tlsName) }), buffers, owner);
  stream.socket.once('secureConnect', connected);
  return stream;
}
