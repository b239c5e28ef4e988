import { connect } from 'node:net';
import type { NetConnectOpts, OnReadOpts, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import type { DataPath } from '../data-path.ts';
import { ByteStream } from '../socket/byte-stream.ts';
import type { StreamOwner } from '../socket/byte-stream.ts';
import { verifyUpstream, type TlsClientConfiguration } from '../tls/tls-client.ts';
import { UpstreamConnection } from './connection.ts';
import type { ConnectionUser } from './connection.ts';

/** Who waits for a connection to be opened, and uses it then. */
export interface ConnectingUser extends ConnectionUser {
  /**
   * Requests can be sent: after the TLS handshake where there is one.
   *
   * @param refused nginx's message when the upstream's certificate is refused, else null
   */
  onConnected(refused: string | null): void;
}

/** `worker_connections` leaves no place; the message is nginx's. */
export class ConnectionsUsedUp extends Error {}

/**
 * Gives the connection for an attempt: one that was kept (`exchange.cached` says so, and requests can be sent at once;
 * ngx_http_upstream_get_keepalive_peer), or a new one that is being opened, with `proxy_connect_timeout` running
 * (ngx_http_upstream_connect).
 *
 * @throws as `openUpstream`, and ConnectionsUsedUp
 */
export function obtainConnection(
  path: DataPath,
  exchange: UpstreamExchange,
  user: ConnectingUser,
): UpstreamConnection {
  const { peer, pool } = exchange;
  const key = exchange.tls ? `${peer.name} ${exchange.tlsName}` : peer.name;
  const kept = pool === null ? null : path.pools.take(pool, key);
  exchange.cached = kept !== null;
  if (kept !== null) {
    kept.use(user);
    return kept;
  }
  const { slots } = path;
  if (!slots.take()) throw new ConnectionsUsedUp(slots.refusal);
  let connection: UpstreamConnection;
  try {
    connection = new UpstreamConnection(key, slots, path.deadlines, user, (owner) =>
      openUpstream(path, exchange, owner, (refused) => user.onConnected(refused)),
    );
  } catch (error) {
    slots.give();
    throw error;
  }
  connection.deadline.set(exchange.settings.proxy_connect_timeout);
  return connection;
}

/**
 * Begins to connect to the peer of an exchange.
 *
 * @param connected see `ConnectingUser`
 * @throws TlsConfigurationError when certificates or keys cannot be used
 */
function openUpstream(
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
  let configuration: TlsClientConfiguration;
  let secure: TLSSocket;
  try {
    configuration = path.upstreamTls.configuration(exchange);
    secure = path.services.tlsClients.start(socket, configuration, exchange.peer.name, exchange.tlsName);
  } catch (error) {
    // Nobody listens to it: were the connection refused later, the process would end.
    socket.destroy();
    throw error;
  }
  socket.once('error', (error) => secure.destroy(error));
  secure.once('secureConnect', () => connected(verifyUpstream(secure, configuration, exchange.tlsName)));
  return secure;
}
