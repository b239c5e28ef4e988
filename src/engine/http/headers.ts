/** Header lists are flat: name as sent, name in lower case, value. */

const plainLine = /^([A-Za-z0-9-]+): *([^\x00\r\n]*?) *\r?$/;

/** One header line (ngx_http_parse_header_line). */
export interface HeaderLine {
  readonly name: string;
  readonly value: string;
  /** The name has characters that `ignore_invalid_headers` is about. */
  readonly invalid: boolean;
}

const generalLine = /^([^\x00-\x20\x7f:]+)(?::(?: *)([^\x00\r]*?) *)?\r*$/;
const validName = /^[A-Za-z0-9-]+$/;
const validNameOrUnderscore = /^[A-Za-z0-9_-]+$/;

/** `line` is without its LF. Null where nginx answers 400. */
export function parseHeaderLine(line: string, underscores: boolean): HeaderLine | null {
  const plain = plainLine.exec(line);
  if (plain !== null) return { name: plain[1]!, value: plain[2]!, invalid: false };
  const match = generalLine.exec(line);
  if (match === null) return null;
  const name = match[1]!;
  const valid = underscores ? validNameOrUnderscore : validName;
  return { name, value: match[2] ?? '', invalid: !valid.test(name) };
}

/** The first value of a header; undefined without. `name` is lower case. */
export function header(headers: readonly string[], name: string): string | undefined {
  for (let at = 1; at < headers.length; at += 3) if (headers[at] === name) return headers[at + 1];
  return undefined;
}

/** Names as they appear in header lists. */
export const lowerNames = new Map<string, string>(
  [
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
  ].map((name) => [name, name.toLowerCase()]),
);

/** Lower case, without work for usual names. */
export function lowerName(name: string): string {
  return lowerNames.get(name) ?? name.toLowerCase();
}
