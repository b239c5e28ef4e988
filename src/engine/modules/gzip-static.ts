import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
import { mapUriToPath } from '../static/path.ts';
import { filesFor } from '../static/symlinks.ts';
import { errnoText } from '../../system/errno.ts';
import { isMissing, sendFile } from '../static/static.ts';
import { trace } from '../trace.ts';
import { takesGzip } from './gzip.ts';

const refused: ReadonlySet<string> = new Set(['EACCES', 'ELOOP']);

/** Sends `FILE.gz` in the place of `FILE` (ngx_http_gzip_static_handler). */
export function gzipStaticHandler(cx: EngineContext, { gzip, gzipStatic }: AllSettings): PhaseHandler | null {
  const mode = gzipStatic.gzip_static;
  if (mode === 'off') return null;
  return (request) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || request.uri.endsWith('/')) return declined;
    const takes = mode === 'always' || takesGzip(cx, request);
    if (!takes && !gzip.gzip_vary) return declined;
    const bare = mapUriToPath(request, request.uri);
    if (bare === null) return 500;
    const path = `${bare}.gz`;
    const files = filesFor(cx, request);
    const stat = files.stat(path);
    const problem = typeof stat === 'string' ? stat : files.access(path);
    if (typeof stat === 'string' || problem !== '') {
      if (!isMissing(problem))
        cx.world.log(
          refused.has(problem) ? 'error' : 'crit',
          `open() "${path}" failed ${errnoText(problem)}`,
          request,
        );
      return declined;
    }
    if (mode === 'on') request.gzipVary = true;
    if (!takes || stat.kind === 'directory') return declined;
    if (request.trace !== null)
      trace(request, gzipStatic.at.gzip_static ?? -1, `the file "${path}" is sent, compressed as it is`);
    const result = sendFile(cx, request, path, stat);
    // Behind the tag, as in ngx_http_gzip_static_handler.
    if (result === ok) request.headersOut.push('Content-Encoding', 'gzip');
    if (!cx.since('1.23.4')) request.acceptRanges = false;
    return result;
  };
}
