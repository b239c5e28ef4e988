import * as tls from 'node:tls';
import type { SecureContextOptions, Server } from 'node:tls';

/** SSL_OP_DISABLE_TLSEXT_CA_NAMES (openssl/ssl.h): clients are told no names. */
const withoutNames = 0x200;

/**
 * Makes a TLS server that trusts the authorities of `options.ca` and tells clients the names of `named`, which are some of them
 * (ngx_ssl_client_certificate and ngx_ssl_trusted_certificate: only those of the first are named).
 *
 * Node puts every `ca` into both lists. So where they differ the process's default authorities, which stand in for `ca`, are these
 * for the moment in which the context takes them over. All are named where that does not do: before Node 22.19 and 24.5, and where
 * a trusted certificate says itself what it is good for, which default authorities cannot.
 */
export function createNamingServer(
  options: SecureContextOptions & tls.TlsOptions,
  named: readonly string[],
): Server {
  const trusted = options.ca as readonly string[];
  if (named.length === 0)
    return tls.createServer({ ...options, secureOptions: (options.secureOptions ?? 0) | withoutNames });
  const possible =
    'setDefaultCACertificates' in tls && !trusted.some((pem) => pem.includes('BEGIN TRUSTED '));
  if (named.length === trusted.length || !possible) return tls.createServer(options);
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates(trusted);
  try {
    const server = tls.createServer({ ...options, ca: undefined });
    const { context } = (server as unknown as WithContext)._sharedCreds;
    for (const authority of named) context.addCACert(authority);
    return server;
  } finally {
    tls.setDefaultCACertificates(before);
  }
}

/** The context of a server; it has no public name. */
interface WithContext {
  readonly _sharedCreds: { readonly context: { addCACert(pem: string): void } };
}
