import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { hashedFolders } from '../algorithms/hashed-folders.ts';

/** What an answer is kept under (ngx_http_file_cache_create_key). */
export interface CacheKey {
  readonly text: string;
  /** MD5 in hexadecimal: the file's name. */
  readonly hash: string;
  readonly crc32: number;
}

/** @param text the value of `proxy_cache_key`, or URL and URI of the upstream; a latin1 byte string */
export function cacheKey(text: string): CacheKey {
  const bytes = Buffer.from(text, 'latin1');
  return { text, hash: hash('md5', bytes, 'hex'), crc32: crc32(bytes) };
}

/** The file of a key; `levels` say how the folders on the way to it are named. */
export function cacheFileName(path: string, levels: readonly number[], hash: string): string {
  return `${path}/${hashedFolders(hash, levels)}${hash}`;
}
