/** Header lists are flat: name as sent, name in lower case, value. */

/** Kinds of bytes in a header's name. */
const refusedByte = 0;
const nameByte = 1;
const underscoreByte = 2;
const byteKinds = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z0-9-]/.test(char)) return nameByte;
  if (char === '_') return underscoreByte;
  return code <= 0x20 || code === 0x7f || char === ':' ? refusedByte : 3;
});

/** What a header line was. */
export const headerTaken = 0;
/** Its name has bytes that `ignore_invalid_headers` is about. */
export const headerInvalid = 1;
/** nginx answers 400. */
export const headerRefused = 2;

const colon = 0x3a;
const space = 0x20;
const carriageReturn = 0x0d;

/**
 * Reads the line `[start, end)` of `text`, `end` being its LF, and appends name, lower-case name and value to `headers`
 * (ngx_http_parse_header_line). Gives one of the three constants above; nothing is appended for a refused line.
 */
export function takeHeaderLine(
  headers: string[],
  text: string,
  start: number,
  end: number,
  underscores: boolean,
): number {
  let at = start;
  let result = headerTaken;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    const kind = byteKinds[code]!;
    if (kind === nameByte) continue;
    if (code === colon || kind === refusedByte) break;
    if (kind !== underscoreByte || !underscores) result = headerInvalid;
  }
  if (at === start) return headerRefused;
  let stop = end;
  while (stop > at && text.charCodeAt(stop - 1) === carriageReturn) stop--;
  const name = text.slice(start, at);
  if (at >= stop) {
    // Without a colon the whole line is the name.
    headers.push(name, lowerName(name), '');
    return result;
  }
  if (text.charCodeAt(at) !== colon) return headerRefused;
  at++;
  while (at < stop && text.charCodeAt(at) === space) at++;
  while (stop > at && text.charCodeAt(stop - 1) === space) stop--;
  const value = text.slice(at, stop);
  if (value.includes('\0') || value.includes('\r')) return headerRefused;
  headers.push(name, lowerName(name), value);
  return result;
}

/** The first value of a header; undefined without. `name` is lower case. */
export function header(headers: readonly string[], name: string): string | undefined {
  for (let at = 1; at < headers.length; at += 3) if (headers[at] === name) return headers[at + 1];
  return undefined;
}

const usualNames = [
  'Host',
  'Connection',
  'Upgrade',
  'User-Agent',
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Cookie',
  'Origin',
  'Referer',
  'Cache-Control',
  'Pragma',
  'Content-Length',
  'Content-Type',
  'Date',
  'Server',
  'Last-Modified',
  'ETag',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
  'Sec-WebSocket-Accept',
  'Sec-WebSocket-Extensions',
  'Sec-WebSocket-Protocol',
  'Transfer-Encoding',
  'Location',
  'Set-Cookie',
  'Vary',
  'Expires',
  'Keep-Alive',
];

/** Usual names and their lower-case forms, by length and first letter: cheaper than hashing a name that was just cut out. */
const buckets: (readonly string[] | undefined)[] = [];
for (const name of [...usualNames, ...usualNames.map((each) => each.toLowerCase())]) {
  const at = bucketOf(name);
  buckets[at] = [...(buckets[at] ?? []), name, name.toLowerCase()];
}

function bucketOf(name: string): number {
  return (name.length << 5) | (name.charCodeAt(0) & 31);
}

/** Lower case, without work for usual names. */
export function lowerName(name: string): string {
  const bucket = buckets[bucketOf(name)];
  if (bucket !== undefined)
    for (let at = 0; at < bucket.length; at += 2) if (bucket[at] === name) return bucket[at + 1]!;
  return name.toLowerCase();
}
