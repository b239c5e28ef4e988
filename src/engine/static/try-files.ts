import type { Location } from '../../3-plan/schema.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined } from '../phases/phase.ts';
import { internalRedirect, namedLocation } from '../phases/redirect.ts';
import type { Request } from '../request.ts';
import { trace } from '../trace.ts';
import { setUri, splitArgs } from '../uri.ts';
import { documentRoot } from './path.ts';
import { filesFor } from './symlinks.ts';

/** ngx_http_try_files_handler. */
export function compileTryFiles(cx: EngineContext, { tryFiles }: Location): PhaseHandler | null {
  if (tryFiles === null) return null;
  const files = tryFiles.files.map(({ path, directory }) => ({ path: cx.template(path), directory }));
  const fallback = cx.template(tryFiles.fallback);
  const { status, origin } = tryFiles;
  return (request) => {
    const { alias, refuse } = request.location.root;
    if (alias !== 0 && !request.validLocation) {
      refuse(request);
      return 500;
    }
    const root = documentRoot(request);
    const system = filesFor(cx, request);
    for (const { path, directory } of files) {
      const name = withoutAlias(request, path.evaluate(request), path.constant === null, alias);
      const stat = system.stat(root + name);
      if (typeof stat === 'string' || (stat.kind === 'directory') !== directory) continue;
      if (request.trace !== null) trace(request, origin, `try_files found "${root + name}"`);
      takeFile(request, name, directory, alias);
      return declined;
    }
    if (status !== 0) {
      if (request.trace !== null) trace(request, origin, `try_files found nothing: ${status}`, status);
      return status;
    }
    const target = withoutAlias(request, fallback.evaluate(request), fallback.constant === null, alias);
    if (request.trace !== null) trace(request, origin, `try_files found nothing: goes on with "${target}"`);
    if (target.startsWith('@')) return namedLocation(cx, request, target);
    const { uri, args } = splitArgs(target);
    return internalRedirect(cx, request, uri, args);
  };
}

/** With `alias`, a name made from variables loses the prefix that the alias stands for. */
function withoutAlias(request: Request, name: string, made: boolean, alias: number): string {
  if (alias <= 0 || !made) return name;
  return name.startsWith(request.uri.slice(0, alias)) ? name.slice(alias) : name;
}

function takeFile(request: Request, name: string, directory: boolean, alias: number): void {
  if (alias === 0) setUri(request, name);
  else if (alias > 0) setUri(request, request.uri.slice(0, alias) + name);
  else if (!directory) {
    setUri(request, name);
    request.addUriToAlias = true;
  }
}
