/** Whether the path of a target needs decoding or cleaning (the flags complex_uri and quoted_uri of ngx_http_parse_request_line). */
export function isComplex(target: string): boolean {
  let before = 0;
  for (let at = 0; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code === percent || code === hash) return true;
    if (before === slash && (code === dot || code === slash)) return true;
    if (code === question) return at === 0 || target.indexOf('#', at) !== -1;
    before = code;
  }
  return false;
}
const hash = 0x23;
const percent = 0x25;
const dot = 0x2e;
const slash = 0x2f;
const question = 0x3f;

const hex = (code: number): number =>
  code >= 48 && code <= 57 ? code - 48 : (code | 32) >= 97 && (code | 32) <= 102 ? (code | 32) - 87 : -1;

/** A normalised path and the arguments; null where nginx answers 400. */
export interface NormalizedUri {
  readonly path: string;
  readonly args: string;
}

/** ngx_http_parse_complex_uri: decodes once, removes dot segments, merges slashes, cuts the fragment. */
export function normalizeUri(target: string, mergeSlashes: boolean): NormalizedUri | null {
  const end = target.search(/[?#]/);
  const encoded = end === -1 ? target : target.slice(0, end);
  let args = '';
  if (end !== -1 && target[end] === '?') {
    const hash = target.indexOf('#', end);
    args = target.slice(end + 1, hash === -1 ? target.length : hash);
  }
  const decoded = encoded.includes('%') ? decodePath(encoded) : encoded;
  if (decoded === null) return null;
  const path = removeDots(decoded.startsWith('/') ? decoded : `/${decoded}`, mergeSlashes);
  return path === null ? null : { path, args };
}

/** Decodes `%XX`; null for a malformed or a zero byte. */
function decodePath(text: string): string | null {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', from)) {
    const high = hex(text.charCodeAt(at + 1));
    const low = hex(text.charCodeAt(at + 2));
    if (high < 0 || low < 0 || high + low === 0) return null;
    result += text.slice(from, at) + String.fromCharCode(high * 16 + low);
    from = at + 3;
  }
  return result + text.slice(from);
}

/** Removes `.` and `..` segments and merges slashes; null above the root. */
function removeDots(path: string, mergeSlashes: boolean): string | null {
  if (!path.includes('/.') && !(mergeSlashes && path.includes('//'))) return path;
  const segments = path.split('/');
  const result: string[] = [''];
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index]!;
    const last = index === segments.length - 1;
    if (segment === '..') {
      if (result.length <= 1) return null;
      result.pop();
      if (last) result.push('');
    } else if (segment === '.') {
      if (last) result.push('');
    } else if (segment === '' && !last && mergeSlashes) {
      continue;
    } else result.push(segment);
  }
  return result.length === 1 ? '/' : result.join('/');
}
