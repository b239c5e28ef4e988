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
const headerTaken = 0;
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
  const nameEnd = at;
  if (at >= stop) {
    // Without a colon the whole line is the name.
    pushHeader(headers, text, start, nameEnd, '');
    return result;
  }
  if (text.charCodeAt(at) !== colon) return headerRefused;
  at++;
  while (at < stop && text.charCodeAt(at) === space) at++;
  while (stop > at && text.charCodeAt(stop - 1) === space) stop--;
  const value = text.slice(at, stop);
  if (value.includes('\0') || value.includes('\r')) return headerRefused;
  pushHeader(headers, text, start, nameEnd, value);
  return result;
}

/** Appends a header whose name is `[start, end)` of `text`; usual names are constants and need not be cut out. */
function pushHeader(headers: string[], text: string, start: number, end: number, value: string): void {
  const usual = usualName(text, start, end);
  if (usual !== null) {
    headers.push(usual.name, usual.lower, value);
    return;
  }
  const name = text.slice(start, end);
  headers.push(name, name.toLowerCase(), value);
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

interface UsualName {
  readonly name: string;
  readonly lower: string;
}

/** Usual names and their lower-case forms, by length and first letter. */
const buckets: (readonly UsualName[] | undefined)[] = [];
for (const name of [...usualNames, ...usualNames.map((each) => each.toLowerCase())]) {
  const at = bucketOf(name.length, name.charCodeAt(0));
  buckets[at] = [...(buckets[at] ?? []), { name, lower: name.toLowerCase() }];
}

function bucketOf(length: number, first: number): number {
  return (length << 5) | (first & 31);
}

/** The usual name that `[start, end)` of `text` is; null for others. */
function usualName(text: string, start: number, end: number): UsualName | null {
  const bucket = buckets[bucketOf(end - start, text.charCodeAt(start))];
  if (bucket === undefined) return null;
  for (const usual of bucket) if (isAt(usual.name, text, start)) return usual;
  return null;
}

/** Whether `name` stands at `start`. Byte by byte: comparing pieces that were cut out costs more than these few steps. */
function isAt(name: string, text: string, start: number): boolean {
  for (let at = 0; at < name.length; at++)
    if (name.charCodeAt(at) !== text.charCodeAt(start + at)) return false;
  return true;
}
