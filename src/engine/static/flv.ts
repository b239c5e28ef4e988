import type { EngineContext } from '../context.ts';
import type { ContentHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { argument } from '../variables/headers.ts';
import { mapUriToPath } from './path.ts';
import { cannotOpen, sendFile } from './static.ts';
import { filesFor } from './symlinks.ts';

/** What a film begins with that is sent from somewhere in its middle. */
const head = 'FLV\x01\x05\0\0\0\x09\0\0\0\0';

/** `flv`: `?start=` says from which byte on a film is wanted (ngx_http_flv_handler). */
export function flvHandler(cx: EngineContext): ContentHandler {
  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
    if (request.uri.endsWith('/')) return declined;
    const path = mapUriToPath(request, request.uri);
    if (path === null) return 500;
    const files = filesFor(cx, request);
    const stat = files.stat(path);
    const problem = typeof stat === 'string' ? stat : files.access(path);
    if (typeof stat === 'string' || problem !== '') return cannotOpen(cx, request, path, problem);
    if (stat.kind !== 'file') return declined;
    const start = startOf(request);
    if (start === 0 || start >= stat.size) return sendFile(cx, request, path, stat);
    const result = sendFile(cx, request, path, { ...stat, size: head.length + stat.size - start });
    if (result !== ok) return result;
    request.body = [head, { kind: 'file', path, start, end: stat.size }];
    return ok;
  };
}

function startOf({ args }: Request): number {
  const text = argument(args, 'start') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
