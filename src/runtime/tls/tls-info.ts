import { createHash, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsInfo } from '../../engine/api.ts';
import { cipherNames, groupNames } from './cipher-names.ts';
import type { Hello } from './client-hello.ts';
import { legacyName, rfc2253Name } from './distinguished-name.ts';
import { readSession } from './session.ts';

/** How a client's certificate fared; `$ssl_client_verify`. */
export type ClientVerification = 'NONE' | 'SUCCESS' | `FAILED:${string}`;

/** Values of `$ssl_…` for a connection, computed when they are asked for (ngx_http_ssl_module.c, ngx_event_openssl.c). */
export class TlsConnection implements TlsInfo {
  readonly serverName: string;
  readonly #socket: TLSSocket;
  readonly #verification: ClientVerification;
  readonly #values = new Map<string, string>();

  readonly #hello: Hello | null;

  constructor(socket: TLSSocket, hello: Hello | null, verification: ClientVerification) {
    this.#socket = socket;
    this.serverName = hello?.serverName ?? '';
    this.#hello = hello;
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
      case 'ciphers':
        return namesOf(this.#hello?.ciphers ?? '', cipherNames);
      case 'curves':
        return namesOf(this.#hello?.groups ?? '', groupNames);
      case 'sigalgs':
        // OpenSSL before 4.0 has no names for them.
        return namesOf(this.#hello?.signatures ?? '', {});
      case 'curve':
        return this.#group();
      case 'cipher':
        return socket.getCipher().name;
      case 'session_id':
        return readSession(socket.getSession() ?? noSession).id;
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

  /** The group of the key exchange (ngx_ssl_get_curve); '' for one without. */
  #group(): string {
    const { group } = readSession(this.#socket.getSession() ?? noSession);
    return group === 0 ? '' : nameOf(group, groupNames);
  }

  #ofCertificate(name: string): string {
    const certificate = this.#socket.getPeerX509Certificate();
    if (certificate === undefined) return '';
    return Object.hasOwn(certificateValues, name) ? certificateValues[name]!(certificate) : '';
  }
}

/** A list of numbers as nginx shows it: names with colons between, hexadecimal digits where OpenSSL has no name. */
function namesOf(numbers: string, names: Readonly<Record<number, string>>): string {
  const list = Array.from({ length: numbers.length / 2 }, (_, index) => {
    const number = (numbers.charCodeAt(index * 2) << 8) | numbers.charCodeAt(index * 2 + 1);
    return nameOf(number, names);
  });
  return list.join(':');
}

function nameOf(number: number, names: Readonly<Record<number, string>>): string {
  return names[number] ?? `0x${number.toString(16).padStart(4, '0')}`;
}

const noSession = Buffer.alloc(0);
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
