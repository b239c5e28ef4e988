import type { FileStat } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { declined } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { mapUriToPath } from './path.ts';
import { cannotOpen } from './static.ts';
import { filesFor } from './symlinks.ts';

/** The file of a film that is asked for, or what becomes of the request (ngx_http_flv_handler, ngx_http_mp4_handler). */
export function filmOf(
  cx: EngineContext,
  request: Request,
): { readonly path: string; readonly stat: FileStat } | number {
  if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
  if (request.uri.endsWith('/')) return declined;
  const path = mapUriToPath(request, request.uri);
  if (path === null) return 500;
  const files = filesFor(cx, request);
  const stat = files.stat(path);
  const problem = typeof stat === 'string' ? stat : files.access(path);
  if (typeof stat === 'string' || problem !== '') return cannotOpen(cx, request, path, problem);
  return stat.kind === 'file' ? { path, stat } : declined;
}
