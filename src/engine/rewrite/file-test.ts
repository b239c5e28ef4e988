import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { filesFor } from '../static/symlinks.ts';

/** `if (-f …)` and its like (ngx_http_script_file_code). Relative paths start where the process was started, not at the prefix. */
export function fileTest(
  cx: EngineContext,
  request: Request,
  kind: 'file' | 'directory' | 'exists' | 'executable',
  path: string,
): boolean {
  const stat = filesFor(cx, request).stat(path);
  if (typeof stat === 'string') return false;
  if (kind === 'exists') return true;
  if (kind === 'executable') return stat.executable;
  return stat.kind === kind;
}
