/** The parts of a request line (ngx_http_parse.c, ngx_http_parse_request_line). */
export interface RequestLine {
  method: string;
  /** Target without scheme and authority, as sent: `$request_uri`. */
  target: string;
  /** Host and port of an absolute target, else null. */
  host: string | null;
  /** The target was absolute and had no path (`http://host?x`). */
  emptyPath: boolean;
  /** 9, 1000, 1001 … */
  version: number;
  /** '' for HTTP/0.9, which has none. */
  protocol: string;
}

/** A status that nginx answers such a line with. */
export type LineError = 400 | 405 | 505;

const simple = /^([A-Z_-]+) (\/[^\x00-\x20\x7f]*) (HTTP\/1\.[01])$/;
const general =
  /^([A-Z_-]+) +(?:(\/[^\x00-\x20\x7f]*)|([A-Za-z][A-Za-z0-9+.-]*):\/\/((?:\[[\w.~!$&'()*+,;=:-]*\]|[A-Za-z0-9.-]*)(?::\d*)?)((?:[/?][^\x00-\x20\x7f]*)?))(?: +(?:HTTP\/(\d+)\.(\d+) *)?)?$/;
const connect = /^CONNECT +((?:\[[\w.~!$&'()*+,;=:-]*\]|[A-Za-z0-9.-]*):\d+) +HTTP\/1\.(\d{1,2}) *$/;

/** Whether a line without a version is refused only for its method: HTTP/0.9 knows GET alone. */
export function isHttp09(line: string): boolean {
  const match = general.exec(line);
  return match !== null && match[6] === undefined;
}

/** Reads a line without its line end. Nginx checks methods by form alone; the schema is not checked either.
 * `connectWithAuthority`: CONNECT takes host and port and nothing else. */
export function parseRequestLine(line: string, connectWithAuthority: boolean): RequestLine | LineError {
  const methodLength = usualMethodLength(line);
  if (methodLength !== 0) {
    return {
      method: line.slice(0, methodLength),
      target: line.slice(methodLength + 1, -usualEnd.length),
      host: null,
      emptyPath: false,
      version: 1001,
      protocol: 'HTTP/1.1',
    };
  }
  const match = simple.exec(line);
  if (match !== null && !(connectWithAuthority && match[1] === 'CONNECT')) {
    const protocol = match[3]!;
    return {
      method: match[1]!,
      target: match[2]!,
      host: null,
      emptyPath: false,
      version: protocol === 'HTTP/1.1' ? 1001 : 1000,
      protocol,
    };
  }
  return parseGeneral(line, connectWithAuthority);
}

const usualEnd = ' HTTP/1.1';

/** Length of the method of a line that {@link simple} takes for HTTP/1.1, without the work of matching; 0 for all others, and for CONNECT. */
function usualMethodLength(line: string): number {
  if (!line.endsWith(usualEnd)) return 0;
  let at = 0;
  for (let code = line.charCodeAt(0); code >= 0x41 && code <= 0x5a;) code = line.charCodeAt(++at);
  const length = at;
  if (length === 0 || line.charCodeAt(at) !== 0x20 || line.charCodeAt(at + 1) !== 0x2f) return 0;
  const end = line.length - usualEnd.length;
  for (at++; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f) return 0;
  }
  return length === 7 && line.startsWith('CONNECT') ? 0 : length;
}

function parseGeneral(line: string, connectWithAuthority: boolean): RequestLine | LineError {
  if (connectWithAuthority && line.startsWith('CONNECT ')) {
    const parts = connect.exec(line);
    if (parts === null) return 400;
    return {
      method: 'CONNECT',
      target: '/',
      host: parts[1]!,
      emptyPath: false,
      version: 1000 + Number(parts[2]),
      protocol: `HTTP/1.${parts[2]}`,
    };
  }
  const match = general.exec(line);
  if (match === null) return 400;
  const [, method = '', path, , authority, rest = '', major, minor] = match;
  let version = 9;
  let protocol = '';
  if (major !== undefined) {
    if (major.startsWith('0')) return 400;
    if (Number(major) > 1) return Number(major) > 99 ? 400 : 505;
    if (minor!.length > 3 && Number(minor) > 999) return 400;
    version = Number(major) * 1000 + Number(minor);
    protocol = `HTTP/${major}.${minor}`;
  } else if (method !== 'GET') return 400;
  if (path !== undefined) return { method, target: path, host: null, emptyPath: false, version, protocol };
  const emptyPath = !rest.startsWith('/');
  // Without a path nginx points at a slash of the request line: the target is "/" for it.
  const target = rest === '' ? '/' : rest;
  return { method, target, host: authority!, emptyPath: emptyPath && rest !== '', version, protocol };
}
