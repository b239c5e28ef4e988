import { connect } from 'node:net';
import type { NetConnectOpts, OnReadOpts, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import type { DataPath } from '../data-path.ts';
import { ByteStream } from '../socket/byte-stream.ts';
import type { StreamOwner } from '../socket/byte-stream.ts';
import { verifyUpstream } from '../tls/tls-client.ts';

/**
 * Begins to connect to the peer of an exchange.
 *
 * @param connected called when requests can be sent: after the TLS handshake where there is one. Its argument is nginx's
 *   message when the upstream's certificate is refused, else null.
 * @throws TlsConfigurationError when certificates or keys cannot be used
 */
export function openUpstream(
  path: DataPath,
  exchange: UpstreamExchange,
  owner: StreamOwner,
  connected: (refused: string | null) => void,
): ByteStream {
  const { peer, bindAddress, bindPort } = exchange;
  const target =
    peer.path !== ''
      ? { path: peer.path }
      : {
          host: peer.host,
          port: peer.port,
          ...(bindAddress === '' ? {} : { localAddress: bindAddress }),
          ...(bindPort > 0 ? { localPort: bindPort } : {}),
        };
  const options = {
    ...target,
    noDelay: true,
    allowHalfOpen: true,
    keepAlive: exchange.settings.proxy_socket_keepalive,
  } as NetConnectOpts;
  if (exchange.tls) {
    return ByteStream.connecting(
      () => startTls(path, exchange, connect(options), connected),
      path.buffers,
      owner,
    );
  }
  const open = (onread: OnReadOpts) => connect({ ...options, onread } as NetConnectOpts);
  const stream = ByteStream.connecting(open, path.buffers, owner);
  stream.socket.once('connect', () => connected(null));
  return stream;
}

function startTls(
  path: DataPath,
  exchange: UpstreamExchange,
  socket: Socket,
  connected: (refused: string | null) => void,
): TLSSocket {
  const configuration = path.upstreamTls.configuration(exchange);
  const secure = path.services.tlsClients.start(socket, configuration, exchange.peer.name, exchange.tlsName);
  socket.once('error', (error) => secure.destroy(error));
  secure.once('secureConnect', () => connected(verifyUpstream(secure, configuration, exchange.tlsName)));
  return secure;
}
