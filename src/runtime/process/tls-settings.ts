import type { ModuleSettings } from '../../3-plan/schema.ts';
import { withCommands } from '../tls/conf-commands.ts';
import type { ClientStatusSettings } from '../tls/ocsp/client-status.ts';
import type { Resolving } from '../tls/ocsp/query.ts';
import type { StaplingSettings } from '../tls/ocsp/stapling.ts';
import { withoutCommands } from '../tls/secure-context.ts';
import type { TlsServerSettings } from '../tls/tls-server.ts';
import { bytesOf } from './bytes.ts';

/** nginx's default of `ssl_ciphers` (ngx_http_ssl_module.c). */
const defaultCiphers = 'HIGH:!aNULL:!MD5';
/** A session takes about this many bytes of a shared cache, by nginx's documentation: 4000 in one megabyte. */
const bytesForSession = 262;
/** nginx's default size of the builtin cache, in sessions. */
const builtinSessions = 20_480;

/** `ssl_…` of a server; null where it has neither a certificate nor rejects handshakes. */
export function tlsServerSettings(
  ssl: ModuleSettings<'ssl'>,
  defaultProtocols: readonly string[],
  resolving: Resolving,
): TlsServerSettings | null {
  if (ssl.ssl_certificate.length === 0 && !ssl.ssl_reject_handshake) return null;
  const { ssl_certificate: certificates, ssl_certificate_key: keys } = ssl;
  const constant = [...certificates, ...keys].every((path) => typeof path === 'string');
  const settings: TlsServerSettings = {
    ...withoutCommands,
    variableCertificates: !constant,
    certificateCache: ssl.ssl_certificate_cache,
    certificates: constant
      ? certificates.map((certificate, index) => ({
          certificate: certificate as string,
          key: (keys[index] ?? certificate) as string,
        }))
      : [],
    passwordFile: ssl.ssl_password_file || null,
    protocols: ssl.ssl_protocols.length > 0 ? ssl.ssl_protocols : defaultProtocols,
    ciphers: ssl.ssl_ciphers || defaultCiphers,
    preferServerCiphers: ssl.ssl_prefer_server_ciphers,
    ecdhCurve: ssl.ssl_ecdh_curve,
    clientStatus: clientStatusSettings(ssl, resolving),
    stapling: ssl.ssl_stapling ? staplingSettings(ssl, resolving) : null,
    dhparam: ssl.ssl_dhparam || null,
    verifyClient: ssl.ssl_verify_client,
    verifyDepth: ssl.ssl_verify_depth,
    trustedCertificates: [ssl.ssl_client_certificate, ssl.ssl_trusted_certificate].filter(
      (path) => path !== '',
    ),
    namedAuthorities: [ssl.ssl_client_certificate].filter((path) => path !== ''),
    compressCertificates: ssl.ssl_certificate_compression,
    crl: ssl.ssl_crl || null,
    rejectHandshake: ssl.ssl_reject_handshake,
    sessionCache: sessionCacheSize(ssl.ssl_session_cache),
    sessionTimeout: ssl.ssl_session_timeout,
    sessionTickets: ssl.ssl_session_tickets,
    sessionTicketKeys: ssl.ssl_session_ticket_key,
    alpn: ['http/1.1', 'http/1.0', 'http/0.9'],
  };
  return withCommands(settings, ssl.ssl_conf_command);
}

function staplingSettings(ssl: ModuleSettings<'ssl'>, resolving: Resolving): StaplingSettings {
  return {
    file: ssl.ssl_stapling_file || null,
    responder: ssl.ssl_stapling_responder,
    verify: ssl.ssl_stapling_verify,
    ...resolving,
  };
}

function clientStatusSettings(ssl: ModuleSettings<'ssl'>, resolving: Resolving): ClientStatusSettings | null {
  if (ssl.ssl_ocsp === 'off') return null;
  const [, name, size] = /^shared:([^:]+):(.+)$/.exec(ssl.ssl_ocsp_cache) ?? [];
  return {
    wholeChain: ssl.ssl_ocsp === 'on',
    responder: ssl.ssl_ocsp_responder,
    cache: name === undefined ? null : { name, bytes: bytesOf(size!) },
    ...resolving,
  };
}

/** Sessions to keep for `shared:NAME:SIZE`, `builtin[:N]`, `none` and `off`. */
function sessionCacheSize(words: readonly string[]): number {
  for (const word of words) {
    const [kind, first, second] = word.split(':');
    if (kind === 'shared') return Math.max(1, Math.floor(bytesOf(second ?? '') / bytesForSession));
    if (kind === 'builtin') return first === undefined ? builtinSessions : Number(first);
  }
  return 0;
}
