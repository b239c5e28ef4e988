import type { CacheKey } from './cache-key.ts';

/** What stands at the beginning of a cache file (ngx_http_file_cache_header_t). Times are seconds since the epoch. */
export interface CacheHeader {
  readonly validSec: number;
  readonly updatingSec: number;
  readonly errorSec: number;
  /** -1: unknown. */
  readonly lastModified: number;
  readonly date: number;
  readonly crc32: number;
  /** Where the upstream's head begins, and where the body does. */
  readonly headerStart: number;
  readonly bodyStart: number;
  readonly etag: string;
  readonly vary: string;
  /** Hash of the variant in hexadecimal; '' without `vary`. */
  readonly variant: string;
}

/** NGX_HTTP_CACHE_VERSION */
const version = 5;
const keyMark = '\nKEY: ';
/** NGX_HTTP_CACHE_ETAG_LEN, NGX_HTTP_CACHE_VARY_LEN */
const textLimit = 128;
export const longestVary = textLimit;

/** Where the parts are on a 64-bit little-endian machine; files of nginx on such machines can be read, and the other way. */
const at = {
  version: 0,
  validSec: 8,
  updatingSec: 16,
  errorSec: 24,
  lastModified: 32,
  date: 40,
  crc32: 48,
  headerStart: 54,
  bodyStart: 56,
  etagLength: 58,
  etag: 59,
  varyLength: 187,
  vary: 188,
  variant: 316,
} as const;
export const headerSize = 336;

/** Where the upstream's head begins in the file of a key. */
export function headerStartOf(key: CacheKey): number {
  return headerSize + keyMark.length + key.text.length + 1;
}

/** ngx_http_file_cache_set_header: the structure alone, as a latin1 byte string. */
export function writeHeader(header: CacheHeader): string {
  const bytes = Buffer.alloc(headerSize);
  bytes.writeBigUInt64LE(BigInt(version), at.version);
  bytes.writeBigInt64LE(BigInt(header.validSec), at.validSec);
  bytes.writeBigInt64LE(BigInt(header.updatingSec), at.updatingSec);
  bytes.writeBigInt64LE(BigInt(header.errorSec), at.errorSec);
  bytes.writeBigInt64LE(BigInt(header.lastModified), at.lastModified);
  bytes.writeBigInt64LE(BigInt(header.date), at.date);
  bytes.writeUInt32LE(header.crc32, at.crc32);
  // A head that two bytes cannot tell the end of makes a file that is no good, as nginx's cast to u_short does.
  bytes.writeUInt16LE(header.headerStart & 0xffff, at.headerStart);
  bytes.writeUInt16LE(header.bodyStart & 0xffff, at.bodyStart);
  if (header.etag.length <= textLimit) {
    bytes.writeUInt8(header.etag.length, at.etagLength);
    bytes.write(header.etag, at.etag, 'latin1');
  }
  if (header.vary !== '') {
    bytes.writeUInt8(header.vary.length, at.varyLength);
    bytes.write(header.vary, at.vary, 'latin1');
    bytes.write(header.variant, at.variant, 'hex');
  }
  return bytes.toString('latin1');
}

/** What comes before the upstream's head: structure and key. */
export function writeStart(header: CacheHeader, key: CacheKey): string {
  return `${writeHeader(header)}${keyMark}${key.text}\n`;
}

/** Why a file is not one of this key, in nginx's words after `cache file "…" `. */
export interface UnfitFile {
  readonly level: 'info' | 'crit';
  readonly problem: string;
}

/**
 * Reads the header of a file whose beginning is `text` (ngx_http_file_cache_read).
 *
 * @param limit the longest head that is expected: `proxy_buffer_size`
 */
export function readHeader(text: string, key: CacheKey, limit: number): CacheHeader | UnfitFile {
  const headerStart = headerStartOf(key);
  if (text.length < headerStart) return { level: 'crit', problem: 'is too small' };
  const header = decode(text);
  if (header === null) return { level: 'info', problem: 'version mismatch' };
  const collides =
    header.crc32 !== key.crc32 ||
    header.headerStart !== headerStart ||
    !text.startsWith(key.text, headerSize + keyMark.length);
  if (collides) return { level: 'crit', problem: 'has md5 collision' };
  if (header.bodyStart > limit) return { level: 'crit', problem: 'has too long header' };
  if (header.vary.length > textLimit) return { level: 'crit', problem: 'has incorrect vary length' };
  return header;
}

/** The structure at the beginning of `text`; null when it is too short or of another version. */
export function decode(text: string): CacheHeader | null {
  if (text.length < headerSize) return null;
  const bytes = Buffer.from(text.slice(0, headerSize), 'latin1');
  if (bytes.readBigUInt64LE(at.version) !== BigInt(version)) return null;
  const time = (offset: number): number => Number(bytes.readBigInt64LE(offset));
  const part = (length: number, start: number): string => bytes.toString('latin1', start, start + length);
  const varyLength = bytes.readUInt8(at.varyLength);
  return {
    validSec: time(at.validSec),
    updatingSec: time(at.updatingSec),
    errorSec: time(at.errorSec),
    lastModified: time(at.lastModified),
    date: time(at.date),
    crc32: bytes.readUInt32LE(at.crc32),
    headerStart: bytes.readUInt16LE(at.headerStart),
    bodyStart: bytes.readUInt16LE(at.bodyStart),
    etag: part(bytes.readUInt8(at.etagLength), at.etag),
    vary: part(varyLength, at.vary),
    variant: varyLength === 0 ? '' : bytes.toString('hex', at.variant, at.variant + 16),
  };
}
