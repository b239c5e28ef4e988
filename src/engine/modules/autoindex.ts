import type { FileStat } from '../api.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
import { mapUriToPath } from '../static/path.ts';
import { errnoText } from '../../system/errno.ts';
import { isMissing } from '../static/static.ts';
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
    const names = files.list(directory);
    if (typeof names === 'string') {
      cx.world.log('error', `opendir() "${directory}" failed ${errnoText(names)}`, request);
      return isMissing(names) ? 404 : names === 'EACCES' ? 403 : 500;
    }
    const entries: ListedFile[] = [];
    for (const name of names) {
      if (name.startsWith('.')) continue;
      const stat = files.stat(directory + name);
      const known = typeof stat === 'string' ? files.lstat(directory + name) : stat;
      if (typeof known !== 'string') entries.push({ name, stat: known });
    }
    entries.sort(order);
    const { type, body } = formatListing(request, index, entries);
    request.status = 200;
    request.contentType = type;
    if (index.autoindex_format !== 'html') request.charset = 'utf-8';
    request.contentLengthOut = -1;
    request.body = body;
    return ok;
  };
}

/** Directories first, then by bytes. */
function order(left: ListedFile, right: ListedFile): number {
  const directories = Number(right.stat.kind === 'directory') - Number(left.stat.kind === 'directory');
  if (directories !== 0) return directories;
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
