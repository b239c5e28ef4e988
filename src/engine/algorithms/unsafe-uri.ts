import { unescapeUri } from './escape-uri.ts';

/**
 * Splits and decodes a URI that came from a response or a page (ngx_http_parse_unsafe_uri). Null when it is empty, has a zero
 * byte or leads out of the root (`..` segments, encoded ones too).
 */
export function parseUnsafeUri(text: string): { readonly uri: string; readonly args: string } | null {
  const query = text.indexOf('?');
  const path = query === -1 ? text : text.slice(0, query);
  const args = query === -1 ? '' : text.slice(query + 1);
  if (path === '' || isUnsafe(path)) return null;
  const uri = unescapeUri(path);
  return isUnsafe(uri) ? null : { uri, args };
}

function isUnsafe(path: string): boolean {
  return path.includes('\0') || /(?:^|\/)\.\.(?:\/|$)/.test(path);
}
