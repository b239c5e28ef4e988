import type { CheckContext } from '../check-context.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileRegex } from '../regex.ts';

/** ngx_http_core_server_name, ngx_stream_core_server_name */
export function checkServerName(cx: CheckContext): Problem | null {
  for (let word = 0; word < cx.values.length; word++) {
    const name = cx.arg(word);
    if ((name.startsWith('*') && (name.length < 3 || name[1] !== '.')) || name === '.')
      return problem('invalid-server-name', `server name "${name}" is invalid`, { word });
    if (name.includes('/'))
      cx.warn('suspicious-server-name', `server name "${name}" has suspicious symbols`, {
        word,
        detail: 'A server name is a host name; scheme and path do not belong to it.',
      });
    if (!name.startsWith('~')) continue;
    if (name.length === 1)
      return problem('invalid-server-name', `empty regex in server name "${name}"`, { word });
    const pattern = name.slice(1);
    const refused = compileRegex(cx, pattern, { caseless: /[A-Z]/.test(pattern), word });
    if (refused !== null) return refused;
  }
  return null;
}
