import { escapeUri } from '../algorithms/escape-uri.ts';
import { parseHttpDate } from '../algorithms/http-date.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { FileChange, FileOperation } from '../file-operation.ts';
import { folderMode } from '../file-operation.ts';
import { header } from '../http/headers.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { again, declined, ok } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { mapUriToPath } from '../static/path.ts';
import { errnoText } from '../../system/errno.ts';
import { copyOrMove } from './dav-copy.ts';
import type { Plan, Refuse } from './dav-request.ts';
import { depthOf, statusOf } from './dav-request.ts';
import { setRedirect } from '../response/redirect-host.ts';

const created = 201;
const noContent = 204;

/** `PUT`, `DELETE`, `MKCOL`, `COPY` and `MOVE` (ngx_http_dav_handler). The runtime makes the change, then the handler is called again. */
export function davHandler(cx: EngineContext, { dav }: AllSettings): PhaseHandler | null {
  const methods = new Set(dav.dav_methods.filter((method) => method !== 'off'));
  if (methods.size === 0) return null;
  return (request) => {
    if (!methods.has(request.method)) return declined;
    const { fileOperation } = request;
    if (fileOperation !== null) return finish(cx, request, fileOperation);
    const refuse = (status: number, message: string): number => {
      cx.world.log('error', message, request);
      return status;
    };
    if (request.method === 'PUT' && request.requestBody === null && mayPut(request, refuse) === ok) {
      if (request.hasBody) {
        request.action = 'read-body';
        return again;
      }
    }
    const plan = planOf(cx, request, dav, refuse);
    if (typeof plan === 'number') return plan;
    request.modules ??= new Map();
    request.modules.set('dav', plan);
    request.fileOperation = { change: plan.change, failure: null };
    request.action = 'file';
    return again;
  };
}

function planOf(cx: EngineContext, request: Request, dav: AllSettings['dav'], refuse: Refuse): Plan {
  switch (request.method) {
    case 'PUT':
      return put(cx, request, dav, refuse);
    case 'DELETE':
      return remove(cx, request, dav, refuse);
    case 'MKCOL':
      return makeCollection(request, dav, refuse);
    default:
      return copyOrMove(cx, request, dav.dav_access, refuse);
  }
}

/** After the change: the answer. */
function finish(cx: EngineContext, request: Request, { failure, change }: FileOperation): number {
  const plan = request.modules!.get('dav') as Exclude<Plan, number>;
  request.fileOperation = null;
  if (failure !== null) return davError(cx, request, failure, plan.notFound);
  const { status } = plan;
  if (status === created && (change.kind === 'put' || change.kind === 'make-folder'))
    setRedirect(request, escapeUri(request.uri, 'uri'));
  return status;
}

/** ngx_http_dav_error. */
function davError(
  cx: EngineContext,
  request: Request,
  { errno, call, path }: NonNullable<FileOperation['failure']>,
  notFound: number,
): number {
  const status = statusOf(errno, notFound);
  const level = status === 500 || status === 507 ? 'crit' : 'error';
  cx.world.log(level, `${call} "${path}" failed ${errnoText(errno)}`, request);
  return status;
}

function mayPut(request: Request, refuse: Refuse): number {
  if (request.uri.endsWith('/')) return refuse(409, 'cannot PUT to a collection');
  if (header(request.headers, 'content-range') !== undefined)
    return refuse(501, 'PUT with range is unsupported');
  return ok;
}

function put(cx: EngineContext, request: Request, dav: AllSettings['dav'], refuse: Refuse): Plan {
  const refused = request.requestBody === null ? mayPut(request, refuse) : ok;
  if (refused !== ok) return refused;
  if (request.requestBody === null && request.contentLength < 0)
    return refuse(500, 'PUT request body must be in a file');
  const path = mapUriToPath(request, request.uri);
  if (path === null) return 500;
  const stat = cx.world.files.stat(path);
  if (typeof stat !== 'string' && stat.kind === 'directory')
    return refuse(409, `"${path}" could not be created (21: Is a directory)`);
  const date = header(request.headers, 'date');
  const change: FileChange = {
    kind: 'put',
    path,
    mode: dav.dav_access,
    folders: dav.create_full_put_path ? folderMode(dav.dav_access) : null,
    modified: date === undefined ? -1 : (parseHttpDate(date) ?? -1),
  };
  return { change, status: typeof stat === 'string' ? created : noContent, notFound: 500 };
}

function remove(cx: EngineContext, request: Request, dav: AllSettings['dav'], refuse: Refuse): Plan {
  if (request.hasBody) return refuse(415, 'DELETE with body is unsupported');
  const { uri } = request;
  const { min_delete_depth: least } = dav;
  if (least > 0) {
    const depth = uri.split('/').length - 1 - (uri.endsWith('/') ? 1 : 0);
    if (depth < least) return refuse(409, `insufficient URI depth:${uri.split('/').length - 1} to DELETE`);
  }
  const path = mapUriToPath(request, uri);
  if (path === null) return 500;
  const stat = cx.world.files.lstat(path);
  if (typeof stat === 'string')
    return davError(cx, request, { errno: stat, call: 'lstat()', path }, stat === 'ENOTDIR' ? 409 : 404);
  const tree = stat.kind === 'directory';
  if (tree && !uri.endsWith('/')) return refuse(409, `DELETE "${path}" failed (21: Is a directory)`);
  const depth = depthOf(cx, request, tree ? 'infinity' : '0');
  if (tree && depth !== 'infinity') return refuse(400, '"Depth" header must be infinity');
  if (!tree && depth !== '0' && depth !== 'infinity')
    return refuse(400, '"Depth" header must be 0 or infinity');
  const change = { kind: 'remove', path: tree ? path.slice(0, -1) : path, tree } as const;
  return { change, status: noContent, notFound: 404 };
}

function makeCollection(request: Request, dav: AllSettings['dav'], refuse: Refuse): Plan {
  if (request.hasBody) return refuse(415, 'MKCOL with body is unsupported');
  if (!request.uri.endsWith('/')) return refuse(409, 'MKCOL can create a collection only');
  const path = mapUriToPath(request, request.uri);
  if (path === null) return 500;
  const change = { kind: 'make-folder', path: path.slice(0, -1), mode: folderMode(dav.dav_access) } as const;
  return { change, status: created, notFound: 409 };
}
