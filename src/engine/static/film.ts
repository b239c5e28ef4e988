import type { FileStat } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { declined } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { fileOf } from './static.ts';

/** The file of a film that is asked for, or what becomes of the request (ngx_http_flv_handler, ngx_http_mp4_handler). */
export function filmOf(
  cx: EngineContext,
  request: Request,
): { readonly path: string; readonly stat: FileStat } | number {
  if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
  const file = fileOf(cx, request);
  return typeof file === 'number' || file.stat.kind === 'file' ? file : declined;
}
