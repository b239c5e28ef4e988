import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined } from '../phases/phase.ts';
import { internalRedirect } from '../phases/redirect.ts';
import { mapUriToPath } from '../static/path.ts';
import { cannotList } from '../static/static.ts';

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

/** `random_index`: some file of a folder, none that begins with a dot (ngx_http_random_index_handler). */
export function randomIndexHandler(cx: EngineContext, { index }: AllSettings): PhaseHandler | null {
  if (!index.random_index) return null;
  const { files } = cx.world;
  return (request) => {
    if (!request.uri.endsWith('/') || !methods.has(request.method)) return declined;
    const folder = mapUriToPath(request, request.uri);
    if (folder === null) return 500;
    const names = files.list(folder);
    if (typeof names === 'string') return cannotList(cx, request, folder, names);
    const shown = names.filter((name) => {
      const stat = name.startsWith('.') ? '' : files.stat(folder + name);
      return typeof stat !== 'string' && stat.kind === 'file';
    });
    const name = shown[Math.floor(cx.world.random() * shown.length)];
    return name === undefined ? declined : internalRedirect(cx, request, request.uri + name, request.args);
  };
}
