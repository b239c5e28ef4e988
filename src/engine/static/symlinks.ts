import type { DisableSymlinks } from '../../3-plan/schema/core.ts';
import type { FileSystem } from '../api.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';

/** `disable_symlinks` of a location. */
export interface SymlinkRule {
  /** Links are followed where link and target have the same owner. */
  readonly ownersMayFollow: boolean;
  /** Links in this beginning of a path are followed; null: none are. */
  readonly from: CompiledTemplate | null;
}

/** Null when links are followed. */
export function compileSymlinks(cx: EngineContext, { mode, from }: DisableSymlinks): SymlinkRule | null {
  if (mode === 'off') return null;
  return { ownersMayFollow: mode === 'if_not_owner', from: from === null ? null : cx.template(from) };
}

/**
 * The file system as the location of a request lets it be seen. Paths are looked at part by part before they are used: unlike nginx's
 * openat(), that leaves a moment in which somebody could put a link into place.
 */
export function filesFor(cx: EngineContext, request: Request): FileSystem {
  const { files } = cx.world;
  const { symlinks } = request.location;
  if (symlinks === null) return files;
  const from = symlinks.from === null ? '' : symlinks.from.evaluate(request);
  const guarded = <Result>(path: string, call: () => Result): Result | string =>
    forbiddenLink(files, path, { from, ownersMayFollow: symlinks.ownersMayFollow }) || call();
  return {
    ...files,
    stat: (path) => guarded(path, () => files.stat(path)),
    access: (path) => guarded(path, () => files.access(path)),
  };
}

/** '' or the error that opening a path without following links gives (ngx_open_file_wrapper, ngx_openat_file_owner). */
function forbiddenLink(
  files: FileSystem,
  path: string,
  { from, ownersMayFollow }: { readonly from: string; readonly ownersMayFollow: boolean },
): string {
  let at = trustedLength(path, from);
  while (at < path.length) {
    const end = path.indexOf('/', at + 1);
    at = end === -1 ? path.length : end;
    if (path[at - 1] === '/') continue;
    const link = files.link(path.slice(0, at));
    if (link === null) continue;
    if (typeof link === 'string') return link;
    if (!ownersMayFollow || link.owner !== link.targetOwner) return 'ELOOP';
  }
  return '';
}

/** How much of a path `from=` vouches for: whole parts only (ngx_http_set_disable_symlinks). */
function trustedLength(path: string, from: string): number {
  if (from === '' || !path.startsWith(from)) return 0;
  if (from === path) return path.length;
  if (path[from.length] === '/') return from.length;
  return from.endsWith('/') ? from.length - 1 : 0;
}
