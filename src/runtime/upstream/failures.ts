import type { LogLevel } from '../../engine/api.ts';
import type { Peer } from '../../engine/upstream-exchange.ts';
import { errnoText } from '../../system/errno.ts';

/** What the error log says of a connection; `activity` where something else was going on than is thought. */
export interface ConnectionFailure {
  readonly level: LogLevel;
  readonly message: string;
  readonly activity: string | null;
}

/** For what else connect() says at once, the level is crit (ngx_event_connect_peer). */
const usual: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAGAIN',
  'ECONNRESET',
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EHOSTUNREACH',
]);

/**
 * The error log's words for a connection that could not be opened or was lost: the system call that nginx would have made
 * (ngx_event_connect_peer, ngx_http_upstream_test_connect, ngx_unix_send, ngx_unix_recv, ngx_ssl_handshake, ngx_ssl_recv) and what the
 * system said.
 *
 * @param error null when the upstream closed the connection while it was being opened
 */
export function connectionFailure(
  { connecting, tls, peer }: { readonly connecting: boolean; readonly tls: boolean; readonly peer: Peer },
  error: NodeJS.ErrnoException | null,
): ConnectionFailure {
  const code = error?.code ?? 'ECONNRESET';
  if (connecting && tls && error !== null && error.syscall !== 'connect')
    return handshakeFailure(error, code);
  // Errors of OpenSSL have no number of the system.
  if (tls && error !== null && error.errno === undefined)
    return { level: 'error', message: `SSL_read() failed (${openSslText(error.message)})`, activity: null };
  let call = error?.syscall === 'write' ? 'send()' : 'recv()';
  if (connecting) call = 'connect()';
  // The system knows of sockets in files at once.
  const atOnce = connecting && peer.path !== '';
  return {
    level: atOnce && !usual.has(code) ? 'crit' : 'error',
    message: `${call}${atOnce ? ` to ${peer.name}` : ''} failed ${errnoText(code)}`,
    activity: null,
  };
}

function handshakeFailure(error: NodeJS.ErrnoException, code: string): ConnectionFailure {
  const closed = 'peer closed connection in SSL handshake';
  let message = `SSL_do_handshake() failed (${openSslText(error.message)})`;
  // node:tls gives an error without a number for a connection that was closed in order.
  if (error.errno !== undefined) message = `${closed} ${errnoText(code)}`;
  else if (code === 'ECONNRESET' && error.code !== undefined) message = closed;
  return { level: 'error', message, activity: 'SSL handshaking to upstream' };
}

/** An error of OpenSSL's as nginx writes it (ngx_ssl_error): without thread, function, file and line. */
function openSslText(text: string): string {
  const match = /error:([0-9A-F]+):([^:]*):[^:]*:([^:]*):[^:]*:\d+:([^\n]*)/.exec(text);
  if (match === null) return text;
  const [, number, library, reason, data] = match;
  return `SSL: error:${number}:${library}::${reason}${data === '' ? '' : `:${data}`}`;
}
