import type { FileStat } from '../api.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
import { mapUriToPath } from '../static/path.ts';
import type { Request } from '../request.ts';
import { cannotList } from '../static/static.ts';
import { argument } from '../variables/headers.ts';
import { formatListing } from './autoindex-formats.ts';

export interface ListedFile {
  readonly name: string;
  readonly stat: FileStat;
}

/** ngx_http_autoindex_handler. */
export function autoindexHandler(cx: EngineContext, { index }: AllSettings): PhaseHandler | null {
  if (!index.autoindex) return null;
  const { files } = cx.world;
  return (request) => {
    if (!request.uri.endsWith('/') || (request.method !== 'GET' && request.method !== 'HEAD'))
      return declined;
    const directory = mapUriToPath(request, request.uri);
    if (directory === null) return 500;
    const callback = index.autoindex_format === 'jsonp' ? callbackOf(cx, request) : '';
    if (callback === null) return 400;
    const names = files.list(directory);
    if (typeof names === 'string') return cannotList(cx, request, directory, names);
    const entries: ListedFile[] = [];
    for (const name of names) {
      if (name.startsWith('.')) continue;
      const stat = files.stat(directory + name);
      const known = typeof stat === 'string' ? files.lstat(directory + name) : stat;
      if (typeof known !== 'string') entries.push({ name, stat: known });
    }
    entries.sort(order);
    const { type, charset, body } = formatListing(request, index, entries, callback);
    request.status = 200;
    request.contentType = type;
    request.charset = charset;
    request.contentLengthOut = -1;
    request.body = body;
    return ok;
  };
}

const longestCallback = 128;

/** The function whose call the client wants, '' for none; null when it is no name (ngx_http_autoindex_jsonp_callback). */
function callbackOf(cx: EngineContext, request: Request): string | null {
  const name = argument(request.args, 'callback') ?? '';
  const fault = name.length > longestCallback ? 'too long' : /^[\w.]*$/.test(name) ? null : 'invalid';
  if (fault === null) return name;
  cx.world.log('info', `client sent ${fault} callback name: "${name}"`, request);
  return null;
}

/** Directories first, then by bytes. */
function order(left: ListedFile, right: ListedFile): number {
  const directories = Number(right.stat.kind === 'directory') - Number(left.stat.kind === 'directory');
  if (directories !== 0) return directories;
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
