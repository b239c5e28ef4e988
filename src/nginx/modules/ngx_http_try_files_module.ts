import { duplicate } from '../generic-slots.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';
import { compileScript } from '../script.ts';
import { parseNumber } from '../values/number.ts';

/** ngx_http_try_files */
const tryFiles: Handler = (cx) => {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const last = cx.values.length - 1;
  for (let word = 0; word <= last; word++) {
    const text = cx.arg(word);
    const wrong = compileScript(cx, word < last && text.endsWith('/') ? text.slice(0, -1) : text, word);
    if (wrong !== null) return wrong;
  }
  const fallback = cx.arg(last);
  if (!fallback.startsWith('=')) return null;
  const code = parseNumber(fallback.slice(1));
  return code === null || code > 999
    ? problem('invalid-value', `invalid code "${fallback}"`, { word: last })
    : null;
};

/** src/http/modules/ngx_http_try_files_module.c */
export const httpTryFilesModule: ModuleChecks = {
  module: 'ngx_http_try_files_module',
  directives: { try_files: tryFiles },
};
