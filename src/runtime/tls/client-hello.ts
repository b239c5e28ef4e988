/** What the first bytes of a connection say about TLS. */
export type FirstBytes =
  | { readonly kind: 'incomplete' }
  /** Not TLS: nginx takes it for plain HTTP sent to an HTTPS port. */
  | { readonly kind: 'plain' }
  /** A ClientHello, or something that starts like one and is left to the TLS library to refuse. */
  | ({ readonly kind: 'tls' } & Hello);

/** What a ClientHello offers; '' for what it does not say. */
export interface Hello {
  readonly serverName: string;
  /** Numbers of two bytes each, as byte strings: cipher suites, groups for the key exchange, signature algorithms, versions. */
  readonly ciphers: string;
  readonly groups: string;
  readonly signatures: string;
  /** Signature algorithms of certificates, where they differ. */
  readonly certificateSignatures: string;
  /** '' before TLS 1.3. */
  readonly versions: string;
}

const unread: Hello = {
  serverName: '',
  ciphers: '',
  groups: '',
  signatures: '',
  certificateSignatures: '',
  versions: '',
};

const handshakeRecord = 0x16;
const clientHello = 1;
const serverNameExtension = 0;
const groupsExtension = 10;
const signaturesExtension = 13;
const versionsExtension = 43;
const certificateSignaturesExtension = 50;
const hostName = 0;
/** A ClientHello longer than this is not waited for. */
const longest = 16_384 + 5;

/**
 * Reads the server name out of a ClientHello (RFC 8446 4.1.2, RFC 6066 3). The certificate and everything else that
 * `ssl_…` sets per server can then be chosen before the TLS library sees the first byte.
 */
export function readFirstBytes(bytes: Buffer): FirstBytes {
  if (bytes.length === 0) return { kind: 'incomplete' };
  const isTls = bytes[0] === handshakeRecord || (bytes[0]! & 0x80) !== 0;
  if (!isTls) return { kind: 'plain' };
  if (bytes[0] !== handshakeRecord) return { kind: 'tls', ...unread };
  const handshake = joinRecords(bytes);
  if (handshake === null) return { kind: 'tls', ...unread };
  const whole = handshake.length >= 4 && handshake.length >= 4 + handshake.readUIntBE(1, 3);
  if (!whole && bytes.length < longest) return { kind: 'incomplete' };
  return { kind: 'tls', ...(whole && handshake[0] === clientHello ? readHello(handshake) : unread) };
}

/** The handshake bytes of the records that came so far; null when a record of another type is among them. */
function joinRecords(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    if (bytes[at] !== handshakeRecord) return null;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function readHello(hello: Buffer): Hello {
  try {
    return findParts(hello);
  } catch (error) {
    // Reading beyond the end: lengths that do not fit. The TLS library will refuse it.
    if (error instanceof RangeError) return unread;
    throw error;
  }
}

function findParts(hello: Buffer): Hello {
  const afterRandom = 4 + 2 + 32;
  const afterSession = afterRandom + 1 + hello.readUInt8(afterRandom);
  const afterCiphers = afterSession + 2 + hello.readUInt16BE(afterSession);
  const afterCompression = afterCiphers + 1 + hello.readUInt8(afterCiphers);
  const ciphers = hello.toString('latin1', afterSession + 2, afterCiphers);
  const read: { -readonly [Field in keyof Hello]: Hello[Field] } = { ...unread, ciphers };
  // A hello may end here: without extensions.
  if (afterCompression === hello.length) return read;
  const end = afterCompression + 2 + hello.readUInt16BE(afterCompression);
  for (let at = afterCompression + 2; at < end;) {
    const type = hello.readUInt16BE(at);
    const length = hello.readUInt16BE(at + 2);
    // list length (2), type (1), name length (2), name
    if (type === serverNameExtension && hello.readUInt8(at + 6) === hostName) {
      const start = at + 9;
      read.serverName = hello.toString('latin1', start, start + hello.readUInt16BE(at + 7)).toLowerCase();
    } else if (type === groupsExtension) read.groups = listAt(hello, at + 4);
    else if (type === signaturesExtension) read.signatures = listAt(hello, at + 4);
    else if (type === certificateSignaturesExtension) read.certificateSignatures = listAt(hello, at + 4);
    else if (type === versionsExtension) {
      read.versions = hello.toString('latin1', at + 5, at + 5 + hello.readUInt8(at + 4));
    }
    at += 4 + length;
  }
  return read;
}

/** A list with its length in two bytes before it. */
function listAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + 2, at + 2 + bytes.readUInt16BE(at));
}
