import type { SocketOptions } from 'node:dgram';
import { isIP } from 'node:net';

/** An address needs no look-up, which would delay the first datagram by a turn of the thread pool; a name does. */
export function withoutLookup(host: string): Pick<SocketOptions, 'lookup'> {
  const family = isIP(host);
  return family === 0 ? {} : { lookup: (name, _options, done) => done(null, name, family) };
}
