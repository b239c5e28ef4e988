import { escapeUri } from '../algorithms/escape-uri.ts';
import type { FileStat } from '../api.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
import { internalRedirect } from '../phases/redirect.ts';
import type { Request } from '../request.ts';
import { setRedirect } from '../response/redirect-host.ts';
import { contentTypeOf } from '../response/send.ts';
import { trace } from '../trace.ts';
import { mapUriToPath } from './path.ts';
import { filesFor } from './symlinks.ts';
import { errnoText } from '../../system/errno.ts';

const readable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

/** ngx_http_static_handler. */
export function staticHandler(cx: EngineContext): PhaseHandler {
  return (request) => {
    if (!readable.has(request.method)) return 405;
    const file = fileOf(cx, request);
    if (typeof file === 'number') return file;
    const { path, stat } = file;
    if (stat.kind === 'directory') {
      const target = `${escapeUri(request.uri, 'uri')}/`;
      setRedirect(request, request.args === '' ? target : `${target}?${request.args}`);
      return 301;
    }
    if (stat.kind === 'file' && request.method === 'POST') return 405;
    request.main.activity = 'sending response to client';
    if (request.trace !== null)
      trace(request, request.location.core.at?.root ?? -1, `the file "${path}" is sent`);
    return sendFile(cx, request, path, stat);
  };
}

/** What the URI means in the file system, if it can be opened; else what becomes of the request. */
export function fileOf(
  cx: EngineContext,
  request: Request,
): { readonly path: string; readonly stat: FileStat } | number {
  if (request.uri.endsWith('/')) return declined;
  const path = mapUriToPath(request, request.uri);
  if (path === null) return 500;
  const files = filesFor(cx, request);
  const stat = files.stat(path);
  const problem = typeof stat === 'string' ? stat : files.access(path);
  if (typeof stat === 'string' || problem !== '') return cannotOpen(cx, request, path, problem);
  return { path, stat };
}

/** ngx_http_set_etag: the line comes behind those that an `X-Accel-Redirect` has brought along. */
function setEtag(request: Request, stat: FileStat): void {
  request.etag = `"${stat.mtime.toString(16)}-${stat.size.toString(16)}"`;
  if (request.headersOut.length === 0) return;
  request.headersOut.push('ETag', request.etag);
  request.etagListed = true;
}

/** Makes the file the answer, or a part of it, when `stat` has another size; 404 for what is no regular file. */
export function sendFile(cx: EngineContext, request: Request, path: string, stat: FileStat): number {
  if (stat.kind !== 'file') {
    cx.world.log('crit', `"${path}" is not a regular file`, request);
    return 404;
  }
  request.status = 200;
  request.contentLengthOut = stat.size;
  request.lastModified = stat.mtime;
  if (request.location.core.etag) setEtag(request, stat);
  request.contentType = contentTypeOf(request);
  request.acceptRanges = true;
  request.body = stat.size === 0 ? null : [{ kind: 'file', path, start: 0, end: stat.size }];
  return ok;
}

const missing: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** Whether an error of the file system says that there is no such path. */
export function isMissing(errno: string): boolean {
  return missing.has(errno);
}

/** The status for a file that cannot be read, said in the error log. */
export function cannotOpen(cx: EngineContext, request: Request, path: string, errno: string): number {
  const status = isMissing(errno) ? 404 : errno === 'EACCES' || errno === 'ELOOP' ? 403 : 500;
  if (request.trace !== null)
    trace(request, request.location.core.at?.root ?? -1, `"${path}" cannot be opened ${errnoText(errno)}`);
  if (status !== 404 || request.location.core.log_not_found)
    cx.world.log(status === 500 ? 'crit' : 'error', `open() "${path}" failed ${errnoText(errno)}`, request);
  return status;
}

/** The status for a folder (with its slash) that cannot be listed, said in the error log (ngx_http_autoindex_handler, ngx_http_random_index_handler). */
export function cannotList(cx: EngineContext, request: Request, folder: string, errno: string): number {
  const status = isMissing(errno) ? 404 : errno === 'EACCES' ? 403 : 500;
  const text = `opendir() "${folder.slice(0, -1) || '/'}" failed ${errnoText(errno)}`;
  cx.world.log(status === 500 ? 'crit' : 'error', text, request);
  return status;
}

/** ngx_http_index_handler. */
export function indexHandler(
  cx: EngineContext,
  names: readonly { constant: string | null; evaluate: (request: Request) => string }[],
): PhaseHandler {
  return (request) => {
    if (!request.uri.endsWith('/') || !readable.has(request.method)) return declined;
    const directory = mapUriToPath(request, request.uri);
    if (directory === null) return 500;
    const files = filesFor(cx, request);
    let tested = false;
    for (const { constant, evaluate } of names) {
      const name = constant ?? evaluate(request);
      if (name.startsWith('/')) return internalRedirect(cx, request, name, request.args);
      const stat = files.stat(directory + name);
      if (typeof stat !== 'string') return internalRedirect(cx, request, request.uri + name, request.args);
      if (stat === 'ELOOP') return 403;
      if (stat === 'ENOTDIR' || stat === 'ENAMETOOLONG' || stat === 'EACCES')
        return indexError(cx, request, directory + name, stat);
      if (!tested) {
        const result = testDirectory(cx, request, directory, directory + name);
        if (result !== ok) return result;
        tested = true;
      }
      if (stat !== 'ENOENT') return 500;
    }
    return declined;
  };
}

/** ngx_http_index_test_dir. */
function testDirectory(cx: EngineContext, request: Request, directory: string, path: string): number {
  const stat = filesFor(cx, request).stat(directory.replace(/\/$/, '') || '/');
  if (stat === 'ENOENT') return indexError(cx, request, path, stat);
  if (stat === 'EACCES') return ok;
  if (typeof stat === 'string') {
    cx.world.log('crit', `stat() "${directory.replace(/\/$/, '')}" failed ${errnoText(stat)}`, request);
    return 500;
  }
  if (stat.kind === 'directory') return ok;
  cx.world.log('alert', `"${path}" is not a directory`, request);
  return 500;
}

function indexError(cx: EngineContext, request: Request, path: string, errno: string): number {
  const status = errno === 'EACCES' ? 403 : 404;
  if (status === 403 || request.location.core.log_not_found)
    cx.world.log(
      'error',
      `"${path}" is ${status === 403 ? 'forbidden' : 'not found'} ${errnoText(errno)}`,
      request,
    );
  return status;
}
