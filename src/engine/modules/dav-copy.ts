import { parseUnsafeUri } from '../algorithms/unsafe-uri.ts';
import type { EngineContext } from '../context.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import { mapUriToPath } from '../static/path.ts';
import { errnoText } from '../../system/errno.ts';
import type { Plan, Refuse } from './dav-request.ts';
import { depthOf, statusOf } from './dav-request.ts';

/** `COPY` and `MOVE` (ngx_http_dav_copy_move_handler). @param access `dav_access`, for folders that have to be made */
export function copyOrMove(cx: EngineContext, request: Request, access: number, refuse: Refuse): Plan {
  const { uri, method } = request;
  const moves = method === 'MOVE';
  if (request.hasBody) return refuse(415, 'COPY and MOVE with body are unsupported');
  const destination = readDestination(request, refuse);
  if (typeof destination === 'number') return destination;
  const { target, text } = destination;
  const collection = uri.endsWith('/');
  if (collection !== text.endsWith('/'))
    return refuse(
      409,
      `both URI "${uri}" and "Destination" URI "${text}" should be either collections or non-collections`,
    );
  const { alias } = request.location.root;
  if (alias > 0 && target.length < alias) return refuse(400, invalidDestination(text));
  const depth = depthOf(cx, request, 'infinity');
  if (depth !== 'infinity') {
    if (moves) return refuse(400, '"Depth" header must be infinity');
    if (depth !== '0') return refuse(400, '"Depth" header must be 0 or infinity');
  }
  const overwrite = header(request.headers, 'overwrite') ?? 'T';
  if (!/^[TF]$/i.test(overwrite))
    return refuse(400, `client sent invalid "Overwrite" header: "${overwrite}"`);
  const source = mapUriToPath(request, uri);
  const mapped = mapUriToPath(request, target);
  if (source === null || mapped === null) return 500;
  const from = withoutSlash(source);
  const to = withoutSlash(mapped);
  if (from === to)
    return refuse(403, `both URI "${uri}" and "Destination" URI "${text}" point to the same location`);
  if (collection && (from.startsWith(`${to}/`) || to.startsWith(`${from}/`)))
    return refuse(403, `"${uri}" could not be ${method}ed to collection "${text}"`);

  const { files } = cx.world;
  const failed = (errno: string, path: string): number =>
    refuse(statusOf(errno, 404), `lstat() "${path}" failed ${errnoText(errno)}`);
  const there = files.lstat(to);
  if (typeof there === 'string') {
    if (there !== 'ENOENT') return failed(there, to);
  } else {
    if (there.kind === 'directory' && !collection)
      return refuse(409, `"${uri}" could not be ${method}ed to collection "${text}"`);
    if (/f/i.test(overwrite)) return refuse(412, `"${to}" could not be created (17: File exists)`);
  }
  const path = collection ? `${from}/` : from;
  const stat = files.lstat(path);
  if (typeof stat === 'string') return failed(stat, path);
  const tree = stat.kind === 'directory';
  if (tree && !collection) return refuse(400, `"${uri}" is collection`);
  const replaced = !tree || typeof there === 'string' ? null : there.kind === 'directory' ? 'tree' : 'file';
  const change = { kind: moves ? 'move' : 'copy', from, to, tree, replaced, folders: access } as const;
  return { change, status: tree ? 201 : 204, notFound: tree ? 404 : 500 };
}

const invalidDestination = (text: string): string => `client sent invalid "Destination" header: "${text}"`;

interface Destination {
  /** The path, decoded. */
  readonly target: string;
  /** As sent. */
  readonly text: string;
}

/** A path, or a URL of this very host. */
function readDestination(request: Request, refuse: Refuse): Destination | number {
  const text = header(request.headers, 'destination');
  if (text === undefined) return refuse(400, 'client sent no "Destination" header');
  let path = text;
  if (!text.startsWith('/')) {
    if (request.host === '') return refuse(400, 'client sent no "Host" header');
    const scheme = request.connection.tls === null ? 'http://' : 'https://';
    if (!text.startsWith(scheme)) return refuse(400, invalidDestination(text));
    const rest = text.slice(scheme.length);
    if (!rest.startsWith(request.host))
      return refuse(
        400,
        `"Destination" URI "${text}" is handled by different repository than the source URI`,
      );
    const slash = rest.indexOf('/', request.host.length);
    if (slash === -1) return refuse(400, invalidDestination(text));
    path = rest.slice(slash);
  }
  const parsed = parseUnsafeUri(path);
  return parsed === null ? refuse(400, invalidDestination(text)) : { target: parsed.uri, text };
}

/** ngx_http_dav_merge_slashes; the slash of a collection is no part of its name. */
function withoutSlash(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?!^)\/$/, '');
}
