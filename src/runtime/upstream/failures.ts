import { errnoText } from '../../system/errno.ts';

/**
 * The error log's words for a connection that could not be opened or was lost: the system call that nginx would have made
 * (ngx_http_upstream_test_connect, ngx_unix_send, ngx_unix_recv, ngx_ssl_handshake) and what the system said.
 *
 * @param error null when the upstream closed the connection while it was being opened
 */
export function connectionFailure(
  connecting: boolean,
  tls: boolean,
  error: NodeJS.ErrnoException | null,
): string {
  const code = error?.code ?? 'ECONNRESET';
  // node:tls gives errors of the handshake without a number.
  const text = error !== null && error.errno === undefined ? error.message : errnoText(code);
  let call: string;
  if (tls && error?.errno === undefined) call = 'SSL_do_handshake()';
  else if (connecting) call = 'connect()';
  else call = error?.syscall === 'write' ? 'send()' : 'recv()';
  return `${call} failed ${text}`;
}
