import type { EngineContext } from '../context.ts';
import type { ContentHandler } from '../phases/phase.ts';
import { ok } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { argument } from '../variables/headers.ts';
import { filmOf } from './film.ts';
import { sendFile } from './static.ts';

/** What a film begins with that is sent from somewhere in its middle. */
const head = 'FLV\x01\x05\0\0\0\x09\0\0\0\0';

/** `flv`: `?start=` says from which byte on a film is wanted (ngx_http_flv_handler). */
export function flvHandler(cx: EngineContext): ContentHandler {
  return (request) => {
    const film = filmOf(cx, request);
    if (typeof film === 'number') return film;
    const { path, stat } = film;
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
