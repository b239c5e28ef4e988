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
 *
 * @param zero where the first zero byte behind the beginning of the head stands, -1 without: looked for once, not in each line
 */
export function takeHeaderLine(
  headers: string[],
  text: string,
  start: number,
  end: number,
  underscores: boolean,
  zero: number,
): number {
  const usual = usualName(text, start, end);
  if (usual !== null) {
    const value = valueOf(text, start + usual.name.length + 1, end, zero);
    if (value === null) return headerRefused;
    headers.push(usual.name, usual.lower, value);
    return headerTaken;
  }
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
  const name = text.slice(start, at);
  if (text.charCodeAt(at) !== colon) {
    // Without a colon the whole line is the name.
    if (lineStop(text, at, end) !== at) return headerRefused;
    headers.push(name, name.toLowerCase(), '');
    return result;
  }
  const value = valueOf(text, at + 1, end, zero);
  if (value === null) return headerRefused;
  headers.push(name, name.toLowerCase(), value);
  return result;
}

/** The end of a line without its CRs. */
function lineStop(text: string, start: number, end: number): number {
  let stop = end;
  while (stop > start && text.charCodeAt(stop - 1) === carriageReturn) stop--;
  return stop;
}

/** The value that begins at `start` in a line that ends at `end`, without spaces around it; null with bytes that no value may have. */
function valueOf(text: string, start: number, end: number, zero: number): string | null {
  if (zero >= start && zero < end) return null;
  let at = start;
  let stop = lineStop(text, start, end);
  // In a line with CRLF the first CR is found within the line.
  const inner = stop < end ? text.indexOf('\r', start) < stop : text.slice(start, stop).includes('\r');
  if (inner) return null;
  while (at < stop && text.charCodeAt(at) === space) at++;
  while (stop > at && text.charCodeAt(stop - 1) === space) stop--;
  return text.slice(at, stop);
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

/** Usual names and their lower-case forms, by first letter. */
const buckets: readonly (readonly UsualName[])[] = Array.from({ length: 256 }, (_, code) =>
  [...usualNames, ...usualNames.map((each) => each.toLowerCase())]
    .filter((name) => name.charCodeAt(0) === code)
    .map((name) => ({ name, lower: name.toLowerCase() })),
);

/** The usual name that stands before a colon at `start`; null for others. It is a constant and need not be cut out. */
function usualName(text: string, start: number, end: number): UsualName | null {
  if (start >= end) return null;
  for (const usual of buckets[text.charCodeAt(start)]!) {
    const after = start + usual.name.length;
    if (after < end && text.charCodeAt(after) === colon && isAt(usual.name, text, start)) return usual;
  }
  return null;
}

/** Whether a name stands at `start`. Byte by byte: comparing pieces that were cut out costs more than these few steps. */
function isAt(name: string, text: string, start: number): boolean {
  for (let at = 0; at < name.length; at++)
    if (name.charCodeAt(at) !== text.charCodeAt(start + at)) return false;
  return true;
}
