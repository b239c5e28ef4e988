import { isModernBrowser, readBrowsers } from '../algorithms/browser.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { headerLines } from './header-lines.ts';

/** `$modern_browser`, `$ancient_browser` and `$msie` (ngx_http_browser_module.c). */
export function defineBrowser(cx: EngineContext): void {
  const isModern = ({ main, location }: Request): boolean => {
    const settings = location.browser;
    const browsers = cx.once(settings, () => readBrowsers(settings.modern_browser, settings.ancient_browser));
    return isModernBrowser(headerLines(main.headers, 'user-agent')[0] ?? null, browsers);
  };
  cx.variables.define('modern_browser', {
    cached: true,
    get: (request) => (isModern(request) ? request.location.browser.modern_browser_value : ''),
  });
  cx.variables.define('ancient_browser', {
    cached: true,
    get: (request) => (isModern(request) ? '' : request.location.browser.ancient_browser_value),
  });
  cx.variables.define('msie', { cached: true, get: ({ main }) => (main.msie ? '1' : '') });
}
