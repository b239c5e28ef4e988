import type { EngineContext } from '../../context.ts';
import type { Request } from '../../request.ts';

/** `$fastcgi_script_name` and `$fastcgi_path_info` (ngx_http_fastcgi_split). */
export function defineFastcgiVariables(cx: EngineContext): void {
  cx.variables.define('fastcgi_script_name', {
    cached: false,
    get(request) {
      const [script] = split(cx, request);
      return script.endsWith('/') ? script + request.location.fastcgi.fastcgi_index : script;
    },
  });
  cx.variables.define('fastcgi_path_info', { cached: false, get: (request) => split(cx, request)[1] });
}

/** Script name and path info of the URI. */
function split(cx: EngineContext, request: Request): readonly [string, string] {
  const pattern = request.location.fastcgi.fastcgi_split_path_info;
  const match = pattern === null ? null : cx.regex(pattern).match(request.uri);
  return match === null ? [request.uri, ''] : [match[1] ?? '', match[2] ?? ''];
}
