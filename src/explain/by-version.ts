import type { ResolvedBlock, ResolvedConfig } from '../2-resolve/resolved-config.ts';
import { behaviourVersions } from '../nginx/generated/behaviour-versions.ts';
import { compareVersions } from '../text/compare-versions.ts';
import { newestVersion, oldestVersion } from '../nginx/versions.ts';
import type { Explanation } from './explanation.ts';

export interface RangedExplanation extends Explanation {
  /** E.g. `>=1.29.7`, `<1.29.7`, `>=1.21.1 <1.29.7`; `>=1.3.13` when every version does the same. */
  readonly range: string;
}

/** Every version at which something this configuration uses may have changed, oldest first. */
export function versionsToTry(config: ResolvedConfig): string[] {
  const versions = new Set<string>([
    oldestVersion,
    newestVersion,
    ...(JSON.parse(behaviourVersions) as string[]),
  ]);
  const open: ResolvedBlock[] = [config.main];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    for (const { spec } of block.directives) {
      for (const version of [spec?.since, spec?.removedIn]) if (version != null) versions.add(version);
    }
    open.push(...block.children);
  }
  return [...versions]
    .filter(
      (version) =>
        compareVersions(version, oldestVersion) >= 0 && compareVersions(version, newestVersion) <= 0,
    )
    .sort(compareVersions);
}

/**
 * Explains for each version and joins neighbours that differ in nothing but their version. Newest range first: that is
 * what most people run.
 */
export function explainByVersion(
  versions: readonly string[],
  explain: (version: string) => Explanation,
): RangedExplanation[] {
  const groups: { from: string; below: string | null; newest: Explanation; key: string }[] = [];
  for (const version of versions) {
    const explanation = explain(version);
    const key = behaviourOf(explanation);
    const last = groups.at(-1);
    if (last !== undefined && last.key === key) last.newest = explanation;
    else {
      if (last !== undefined) last.below = version;
      groups.push({ from: version, below: null, newest: explanation, key });
    }
  }
  return groups.reverse().map(({ from, below, newest }) => ({ range: rangeText(from, below), ...newest }));
}

function rangeText(from: string, below: string | null): string {
  if (below === null) return `>=${from}`;
  return from === oldestVersion ? `<${below}` : `>=${from} <${below}`;
}

/** What people would notice: everything but the version itself where it is printed. */
function behaviourOf(explanation: Explanation): string {
  const { config, response, upstream, verdict, reasons, server, location } = explanation;
  return JSON.stringify({
    config: config.ok
      ? true
      : config.diagnostics
          .filter(({ severity }) => severity === 'error')
          .map(({ message, line }) => [message, line]),
    response: response && [response.status, response.headers.find(([name]) => name === 'Location')],
    upstream: upstream && [upstream.address, upstream.scheme, lineSet(upstream.head)],
    verdict,
    reasons: reasons?.map(({ code, line, file }) => [code, line, file]),
    server: server && [server.file, server.line],
    location: location && [location.file, location.line],
  });
}

/** Order of header lines changed between releases (Host first since 1.29); to a server it means the same. */
function lineSet(head: string): string[] {
  const [requestLine = '', ...lines] = head.split('\r\n');
  return [requestLine, ...lines.sort()];
}
