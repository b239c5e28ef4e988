import { createHash, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsInfo } from '../../engine/api.ts';
import { legacyName, rfc2253Name } from './distinguished-name.ts';

/** How a client's certificate fared; `$ssl_client_verify`. */
export type ClientVerification = 'NONE' | 'SUCCESS' | `FAILED:${string}`;

/** Values of `$ssl_…` for a connection, computed when they are asked for (ngx_http_ssl_module.c, ngx_event_openssl.c). */
export class TlsConnection implements TlsInfo {
  readonly serverName: string;
  readonly #socket: TLSSocket;
  readonly #verification: ClientVerification;
  readonly #values = new Map<string, string>();

  constructor(socket: TLSSocket, serverName: string, verification: ClientVerification) {
    this.#socket = socket;
    this.serverName = serverName;
    this.#verification = verification;
  }

  variable(name: string): string {
    let value = this.#values.get(name);
    if (value === undefined) {
      value = this.#evaluate(name);
      this.#values.set(name, value);
    }
    return value;
  }

  #evaluate(name: string): string {
    const socket = this.#socket;
    switch (name) {
      case 'protocol':
        return socket.getProtocol() ?? '';
      case 'cipher':
        return socket.getCipher().name;
      case 'session_id':
        return socket.getSession()?.toString('hex').slice(0, 64) ?? '';
      case 'session_reused':
        return socket.isSessionReused() ? 'r' : '.';
      case 'server_name':
        return this.serverName;
      case 'alpn_protocol':
        return socket.alpnProtocol === false || socket.alpnProtocol === null ? '' : socket.alpnProtocol;
      case 'client_verify':
        return this.#verification;
      default:
        return this.#ofCertificate(name);
    }
  }

  #ofCertificate(name: string): string {
    const certificate = this.#socket.getPeerX509Certificate();
    if (certificate === undefined) return '';
    return certificateValues[name]?.(certificate) ?? '';
  }
}

const dayLength = 24 * 60 * 60 * 1000;

const certificateValues: Readonly<Record<string, (certificate: X509Certificate) => string>> = {
  client_raw_cert: (certificate) => certificate.toString(),
  client_cert: (certificate) => certificate.toString().replace(/\n$/, '').replaceAll('\n', '\n\t'),
  client_escaped_cert: (certificate) => encodeURIComponent(certificate.toString()),
  client_s_dn: (certificate) => rfc2253Name(certificate.subject ?? ''),
  client_i_dn: (certificate) => rfc2253Name(certificate.issuer ?? ''),
  client_s_dn_legacy: (certificate) => legacyName(certificate.subject ?? ''),
  client_i_dn_legacy: (certificate) => legacyName(certificate.issuer ?? ''),
  client_serial: (certificate) => certificate.serialNumber,
  client_fingerprint: (certificate) => createHash('sha1').update(certificate.raw).digest('hex'),
  client_v_start: (certificate) => certificate.validFrom,
  client_v_end: (certificate) => certificate.validTo,
  client_v_remain: (certificate) =>
    String(Math.max(0, Math.floor((Date.parse(certificate.validTo) - Date.now()) / dayLength))),
};
