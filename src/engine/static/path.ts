import type { Request } from '../request.ts';

/** The path of the root or alias that applies, completed from the prefix where it is relative. */
export function documentRoot(request: Request): string {
  const { root } = request.location;
  const path = root.path.constant ?? root.path.evaluate(request);
  return path.startsWith('/') ? path : root.prefix + path;
}

/** ngx_http_map_uri_to_path: the file of `uri`; null where the URI was rewritten under an `alias` (nginx answers 500). */
export function mapUriToPath(request: Request, uri: string): string | null {
  const { alias, refuse } = request.location.root;
  const root = documentRoot(request);
  if (alias === 0) return root + uri;
  if (!request.validLocation) {
    refuse(request);
    return null;
  }
  if (alias === -1) return request.addUriToAlias ? root + uri : root;
  return root + uri.slice(alias);
}

/** `$request_filename`. */
export function requestFilename(request: Request): string | null {
  return mapUriToPath(request, request.uri);
}
