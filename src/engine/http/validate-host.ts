/** A host as it is used to choose the server: lower case, without port and final dot. */
export interface ValidHost {
  readonly host: string;
  /** '' without. */
  readonly port: string;
}

const rfc3986 = /^(?:(\[[\w\-.~!$&'()*+,;=:]+\])|([\w\-.~!$&'()*+,;=%]*))(?::(\d*))?$/;
const refused = /[\x00-\x20\x7f/]/;

/**
 * ngx_http_validate_host, of 1.29.4 and later (`strict`: characters of RFC 3986) or of earlier versions. Null where nginx
 * answers 400.
 */
export function validateHost(text: string, strict: boolean): ValidHost | null {
  if (isPlain(text)) return { host: text, port: '' };
  if (text.includes('..')) return null;
  let host: string;
  let port = '';
  if (strict) {
    const match = rfc3986.exec(text);
    if (match === null) return null;
    host = match[1] ?? match[2]!;
    port = match[3] ?? '';
    if (Number(port) > 65535) return null;
  } else {
    if (refused.test(text)) return null;
    const literal = text.startsWith('[') ? text.indexOf(']') : -1;
    const colon = text.startsWith('[') ? -1 : text.indexOf(':');
    host = literal !== -1 ? text.slice(0, literal + 1) : colon === -1 ? text : text.slice(0, colon);
    port = /:(\d*)$/.exec(text.slice(host.length))?.[1] ?? '';
  }
  if (host.endsWith('.')) host = host.slice(0, -1);
  return host === '' ? null : { host: host.toLowerCase(), port };
}

/** Most hosts are lower-case names or addresses with single dots inside, which need no more work. */
function isPlain(text: string): boolean {
  let afterDot = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (afterDot) return false;
      afterDot = true;
    } else if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d)
      afterDot = false;
    else return false;
  }
  return !afterDot;
}
