import type { CheckContext } from '../check-context.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';

const browsers: ReadonlySet<string> = new Set(['msie', 'gecko', 'opera', 'safari', 'konqueror']);

/** ngx_http_modern_browser */
function modernBrowser(cx: CheckContext): Problem | null {
  const name = cx.arg(0);
  if (cx.values.length === 1)
    // nginx fails here without a word.
    return name === 'unlisted'
      ? null
      : problem('invalid-value', '', {
          placeless: true,
          detail: 'A browser needs a version, or say "unlisted".',
        });
  if (!browsers.has(name.toLowerCase()))
    return problem('invalid-value', `unknown browser name "${name}"`, {
      word: 0,
      detail: `It is one of ${[...browsers].join(', ')}.`,
    });
  return /^[0-9.]*$/.test(cx.arg(1))
    ? null
    : problem('invalid-value', `invalid browser version "${cx.arg(1)}"`, { word: 1 });
}

/** ngx_http_browser_module.c */
export const httpBrowserModule: ModuleChecks = {
  module: 'ngx_http_browser_module',
  directives: { modern_browser: modernBrowser },
};
