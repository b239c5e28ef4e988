import { errnoText } from '../../../system/errno.ts';
import type { EngineContext } from '../../context.ts';
import type { ContentHandler } from '../../phases/phase.ts';
import { ok } from '../../phases/phase.ts';
import type { Request } from '../../request.ts';
import { argument } from '../../variables/headers.ts';
import { filmOf } from '../film.ts';
import { sendFile } from '../static.ts';
import { cutMovie, type CutMovie } from './cut.ts';
import { MovieError } from './movie.ts';

/** `mp4`: `?start=` and `?end=`, in seconds, say which part of a movie is wanted (ngx_http_mp4_handler). */
export function mp4Handler(cx: EngineContext): ContentHandler {
  return (request) => {
    const film = filmOf(cx, request);
    if (typeof film === 'number') return film;
    const { path, stat } = film;
    const wanted = wantedPart(request.args);
    if (wanted === null) return sendFile(cx, request, path, stat);
    request.singleRange = true;
    const movie = cut(cx, request, path, stat.size, wanted);
    if (typeof movie === 'number') return movie;
    if (movie === null) return sendFile(cx, request, path, stat);
    const result = sendFile(cx, request, path, {
      ...stat,
      size: movie.head.length + movie.end - movie.from,
    });
    if (result !== ok) return result;
    request.body = [movie.head.toString('latin1'), { kind: 'file', path, start: movie.from, end: movie.end }];
    return ok;
  };
}

/** The cut movie, null for the whole file, or a status. */
function cut(
  cx: EngineContext,
  request: Request,
  path: string,
  size: number,
  wanted: { readonly start: number; readonly length: number },
): CutMovie | null | number {
  const { mp4 } = request.location;
  const read = (at: number, length: number): Buffer => {
    const bytes = cx.world.files.readPart(path, at, length);
    if (!('error' in bytes)) return bytes;
    throw new MovieError(`pread() "%s" failed ${errnoText(bytes.error)}`);
  };
  try {
    return cutMovie(
      read,
      size,
      { ...wanted, fromKeyFrame: mp4.mp4_start_key_frame },
      { usual: mp4.mp4_buffer_size, largest: mp4.mp4_max_buffer_size },
    );
  } catch (error) {
    // A table that points outside of itself.
    const isBroken = error instanceof RangeError;
    if (!isBroken && !(error instanceof MovieError)) throw error;
    const message = isBroken ? '"%s" mp4 file truncated' : error.message;
    cx.world.log('error', message.replace('%s', path), request);
    return 500;
  }
}

/** Milliseconds; a length of 0 is up to the end. Null where no part is wanted. */
function wantedPart(args: string): { readonly start: number; readonly length: number } | null {
  const start = milliseconds(argument(args, 'start'));
  const end = milliseconds(argument(args, 'end'));
  if (end === null || end <= 0) return start === null ? null : { start, length: 0 };
  const from = start ?? 0;
  return { start: from, length: end > from ? end - from : 0 };
}

/** `7.1`: digits after the third are read over (ngx_http_mp4_atofp). */
function milliseconds(text: string | null | undefined): number | null {
  const [, whole, fraction = ''] = /^(\d*)(?:\.(\d*))?$/.exec(text ?? '') ?? [];
  if (whole === undefined || (text ?? '') === '') return null;
  const value = Number(whole + fraction.slice(0, 3).padEnd(3, '0'));
  return Number.isSafeInteger(value) ? value : null;
}
