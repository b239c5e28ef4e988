import { hash } from 'node:crypto';

/** Lists whose spaces do not count. */
const normalised: ReadonlySet<string> = new Set(['accept-charset', 'accept-encoding', 'accept-language']);

const words = (list: string): string[] => list.split(/[ ,]+/).filter((word) => word !== '');

/**
 * The hash of the variant that a request asks for (ngx_http_file_cache_vary).
 *
 * @param main hash of the key, in hexadecimal
 * @param vary the value of the answer's `Vary`
 * @param headers of the request, flat: name, lower-case name, value
 */
export function variantHash(main: string, vary: string, headers: readonly string[]): string {
  let text = '';
  for (const name of words(vary.toLowerCase())) {
    const values: string[] = [];
    for (let at = 1; at < headers.length; at += 3) {
      if (headers[at] !== name) continue;
      const value = headers[at + 1]!;
      if (normalised.has(name)) values.push(...words(value));
      else values.push(value);
    }
    text += `${name}:${values.join(',')}\r\n`;
  }
  return hash('md5', Buffer.concat([Buffer.from(main, 'hex'), Buffer.from(text, 'latin1')]), 'hex');
}
