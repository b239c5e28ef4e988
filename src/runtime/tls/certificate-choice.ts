import { cipherNames } from './cipher-names.ts';
import type { Hello } from './client-hello.ts';

/** What kind of key a certificate has: `rsa`, `rsa-pss`, `ed25519`, `ed448`, or the curve of an EC key as Node names it. */
export type KeyKind = string;

/** What a server with several certificates takes. */
export interface ChoosingServer {
  readonly kinds: readonly KeyKind[];
  readonly tls13: boolean;
  /** Its own order of ciphers and signatures counts, or it has lists of its own. */
  readonly ownOrder: boolean;
}

/** Signature schemes of TLS 1.3 by number (RFC 8446 4.2.3). */
const schemes: Readonly<Record<number, KeyKind>> = {
  0x0403: 'prime256v1',
  0x0503: 'secp384r1',
  0x0603: 'secp521r1',
  0x0804: 'rsa',
  0x0805: 'rsa',
  0x0806: 'rsa',
  0x0807: 'ed25519',
  0x0808: 'ed448',
  0x0809: 'rsa-pss',
  0x080a: 'rsa-pss',
  0x080b: 'rsa-pss',
};
const version13 = 0x0304;

/**
 * The certificate that OpenSSL is going to choose for a client, as index into `kinds`; null where that cannot be told for sure
 * (tls_choose_sigalg, find_sig_alg). Node does not say it before the handshake is over.
 */
export function chosenCertificate(hello: Hello, server: ChoosingServer): number | null {
  const { kinds } = server;
  // Then it also counts by whom certificates were signed.
  if (hello.certificateSignatures !== '') return null;
  const signatures = numbersOf(hello.signatures);
  if (server.tls13 && numbersOf(hello.versions).includes(version13)) {
    const usable = signatures.map((each) => kinds.indexOf(schemes[each] ?? '')).filter((index) => index >= 0);
    return server.ownOrder ? only(usable) : (usable[0] ?? null);
  }
  const ciphers = numbersOf(hello.ciphers).map((each) => cipherNames[each] ?? '');
  return only(
    kinds.flatMap((kind, index) => {
      const family = kind.startsWith('rsa') ? 'rsa' : 'ec';
      const isSigned = signatures.length === 0 || signatures.some((each) => familyOf(each) === family);
      const isOffered = ciphers.some(
        (name) => !name.startsWith('TLS_') && /ECDSA/.test(name) === (family === 'ec'),
      );
      return isSigned && isOffered ? [index] : [];
    }),
  );
}

/** The kind of key of a signature algorithm, before TLS 1.3 (RFC 5246 7.4.1.4.1). */
function familyOf(signature: number): 'rsa' | 'ec' | null {
  if ((signature & 0xff) === 1 && signature >> 8 <= 6) return 'rsa';
  if ((signature & 0xff) === 3 && signature >> 8 <= 6) return 'ec';
  const kind = schemes[signature];
  return kind === undefined ? null : kind.startsWith('rsa') ? 'rsa' : 'ec';
}

function only(indexes: readonly number[]): number | null {
  const distinct = new Set(indexes);
  return distinct.size === 1 ? indexes[0]! : null;
}

/** Numbers of two bytes each. */
function numbersOf(bytes: string): number[] {
  return Array.from(
    { length: bytes.length / 2 },
    (_, index) => (bytes.charCodeAt(index * 2) << 8) | bytes.charCodeAt(index * 2 + 1),
  );
}
