import type { EngineContext } from '../context.ts';
import type { FileChange } from '../file-operation.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import { isMissing } from '../static/static.ts';

/** What the methods of ngx_http_dav_module.c have in common. */

/** What a handler of a method gives: a status that refuses the request, or a change and what comes after it. */
export type Plan =
  number | { readonly change: FileChange; readonly status: number; readonly notFound: number };

/** Logs why a request is refused; gives the status. */
export type Refuse = (status: number, message: string) => number;

/** The status for what the system said; `notFound` is for paths that do not exist, 500 for everything. */
export function statusOf(errno: string, notFound: number): number {
  if (notFound === 500) return 500;
  if (isMissing(errno)) return notFound;
  if (errno === 'EACCES' || errno === 'EPERM') return 403;
  if (errno === 'EEXIST') return 405;
  return errno === 'ENOSPC' ? 507 : 500;
}

/** The `Depth` header: '0', '1' or 'infinity'; null when it is something else (ngx_http_dav_depth). */
export function depthOf(cx: EngineContext, request: Request, fallback: string): string | null {
  const depth = header(request.headers, 'depth');
  if (depth === undefined) return fallback;
  if (depth === '0' || depth === '1' || depth === 'infinity') return depth;
  cx.world.log('error', `client sent invalid "Depth" header: "${depth}"`, request);
  return null;
}
