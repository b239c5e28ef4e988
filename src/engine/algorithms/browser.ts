/** A browser as `modern_browser` names it. */
interface Mark {
  /** What the header holds before the version, sought from `from` bytes on; `length` bytes on the version begins. */
  readonly text: string;
  readonly from: number;
  readonly length: number;
}

/** By name, in the order in which they are looked for: Opera may call itself MSIE (ngx_http_modern_browser_masks). */
const marks: ReadonlyMap<string, Mark> = new Map([
  ['opera', { text: 'Opera', from: 0, length: 'Opera/'.length }],
  ['msie', mark('MSIE ', 'Mozilla/4.0 (compatible; ')],
  ['gecko', mark('rv:', 'Mozilla/5.0 (')],
  ['safari', mark('Safari/', 'Mozilla/5.0 (')],
  ['konqueror', mark('Konqueror/', 'Mozilla/5.0 (compatible; ')],
]);

function mark(text: string, before: string): Mark {
  return { text, from: before.length, length: text.length };
}

/** What the two directives say, made ready. */
export interface Browsers {
  readonly modern: readonly { readonly mark: Mark; readonly version: number }[];
  /** Browsers that no one names are modern. */
  readonly unlisted: boolean;
  readonly ancient: readonly string[];
  readonly netscape4: boolean;
}

/** `modern` holds names with versions, or `unlisted`; `ancient` parts of the header, or `netscape4`. */
export function readBrowsers(
  modern: readonly { readonly browser: string; readonly version: string }[],
  ancient: readonly string[],
): Browsers {
  const named = [...marks].flatMap(([name, mark]) =>
    modern
      .filter(({ browser }) => browser === name)
      .map(({ version }) => ({ mark, version: readVersion(version) })),
  );
  const opera = marks.get('opera')!;
  if (named.length > 0 && named[0]!.mark !== opera) named.unshift({ mark: opera, version: Infinity });
  return {
    modern: named,
    unlisted: modern.some(({ browser }) => browser === 'unlisted'),
    ancient: ancient.filter((part) => part !== 'netscape4'),
    netscape4: ancient.includes('netscape4'),
  };
}

/** `4000.99.99.99` as a number to compare; what follows a fourth part does not count. */
function readVersion(text: string): number {
  return text
    .split('.')
    .slice(0, 4)
    .reduce((sum, part, at) => sum + Number(part) * 100 ** (3 - at), 0);
}

/** Whether the browser with this `User-Agent` is a modern one; null: there is no such header (ngx_http_browser). */
export function isModernBrowser(agent: string | null, browsers: Browsers): boolean {
  if (agent === null) return browsers.unlisted;
  for (const { mark, version } of browsers.modern) {
    const at = agent.indexOf(mark.text, mark.from);
    if (at === -1 || at + mark.length >= agent.length) continue;
    return readVersion(/^[\d.]*/.exec(agent.slice(at + mark.length))![0]) >= version;
  }
  if (!browsers.unlisted) return false;
  if (browsers.netscape4 && agent.length > 'Mozilla/4.72 '.length && /^Mozilla\/[1-4]/.test(agent))
    return false;
  return !browsers.ancient.some((part) => agent.includes(part));
}
