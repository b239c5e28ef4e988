import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import { variablesOf } from '../nginx/variables.ts';
import { compareVersions } from '../text/compare-versions.ts';
import { newestVersion, oldestVersion } from '../nginx/versions.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import type { ResolvedConfig } from './resolved-config.ts';
import type { ResolveOptions, Run } from './resolve.ts';
import { run, share } from './resolve.ts';

/** Larger configurations are not judged again for each version: only the names of their directives are compared. */
const mostDirectives = 3000;

/**
 * {@link resolve} for the newest version, and what does not hold on every version since 1.3.13: for each file one
 * diagnostic of code `nginx/version`, at what came last; what else an older nginx refuses and the newest takes is
 * related to it, each with the version that brought it. Only versions at which something used here changed are looked at.
 */
export function resolveAny(entry: SourceFile, options: ResolveOptions = {}): ResolvedConfig {
  const shared = share(options);
  const newest = run(entry, options, newestVersion, shared);
  const older =
    newest.walker.count > mostDirectives
      ? newerNames(newest)
      : refusedBefore(newest, (target) => run(entry, options, target, shared));
  return { ...newest.config, diagnostics: [...newest.config.diagnostics, ...byFile(older)] };
}

/** Versions at which something that a run met may have been different. */
function boundaries({ cx, specs }: Run): Iterable<string> {
  const found = new Set(cx.asked);
  for (const name of cx.seen) for (const version of specs.changesOf(name)) found.add(version);
  for (const subsystem of ['http', 'stream'] as const) {
    const variables = variablesOf(cx, subsystem);
    for (const { name } of variables.uses()) {
      const since = variables.sinceOf(name);
      if (since !== null) found.add(since);
    }
  }
  return found;
}

/** A number that compares as the release right before `version`. */
function before(version: string): string {
  const [major, minor, patch] = version.split('.').map(Number) as [number, number, number];
  return patch > 0 ? `${major}.${minor}.${patch - 1}` : `${major}.${minor - 1}.999`;
}

/**
 * What the oldest version refuses and the newest takes, each with the version that brought it. Things come and stay, so
 * that version is found by halving.
 */
function refusedBefore(newest: Run, judge: (target: string) => Run): Needed[] {
  const oldest = judge(oldestVersion);
  const lost = errorsOf(oldest).filter(
    (problem) => !isRefused(newest, problem) && !isConsequence(newest, problem),
  );
  if (lost.length === 0) return [];
  const versions = [...new Set([...boundaries(newest), ...boundaries(oldest)])]
    .filter((version) => compareVersions(version, oldestVersion) > 0)
    .sort(compareVersions);
  const runs = new Map<number, Run>();
  const rightBefore = (index: number): Run => {
    let judged = runs.get(index);
    if (judged === undefined) runs.set(index, (judged = judge(before(versions[index]!))));
    return judged;
  };
  const found = lost.map((problem) => {
    let low = 0;
    let high = versions.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isRefused(rightBefore(middle), problem)) low = middle;
      else high = middle - 1;
    }
    // An even older version may complain of something else at the same place.
    const last = versions.length === 0 ? problem : (sameIn(rightBefore(low), problem) ?? problem);
    return { problem: last, version: versions[low] ?? newestVersion };
  });
  return uniqueBy(found, ({ problem: { file, message }, version }) => `${file.path} ${message} ${version}`);
}

/** A variable is missing because the directive that defines it is: that one is told of. */
function isConsequence({ cx }: Run, { code, message }: Diagnostic): boolean {
  if (code !== 'nginx/unknown-variable') return false;
  const name = /"(.*)"/s.exec(message)?.[1] ?? '';
  return (['http', 'stream'] as const).every((subsystem) => !variablesOf(cx, subsystem).isBuiltIn(name));
}

function errorsOf({ config }: Run): Diagnostic[] {
  return config.diagnostics.filter(({ severity }) => severity === 'error');
}

/** Whether a run has an error that points at the same bytes. */
function isRefused(judged: Run, problem: Diagnostic): boolean {
  return sameIn(judged, problem) !== undefined;
}

function sameIn(judged: Run, { file, span }: Diagnostic): Diagnostic | undefined {
  return errorsOf(judged).find((each) => each.file.path === file.path && overlaps(each.span, span));
}

/** Empty spans overlap what begins where they stand. */
function overlaps(a: Span, b: Span): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}

/** What an older nginx says, and the version from which on it does not. */
interface Needed {
  readonly problem: Pick<Diagnostic, 'message' | 'file' | 'span'>;
  readonly version: string;
}

/** One diagnostic for each file: what decides is the newest version that something in it needs. */
function byFile(needed: readonly Needed[]): Diagnostic[] {
  const files = Map.groupBy(needed, ({ problem }) => problem.file);
  return [...files.values()].map((inFile) => {
    const [last, ...earlier] = inFile.toSorted((a, b) => compareVersions(b.version, a.version)) as [
      Needed,
      ...Needed[],
    ];
    const { message, file, span } = last.problem;
    const rest = earlier.length === 0 ? '' : ` The rest of the file needs nginx ${earlier[0]!.version}.`;
    return diagnostic({
      code: 'nginx/version',
      severity: 'info',
      message: `needs nginx ${last.version} or later`,
      detail: `Older versions refuse it: ${message}.${rest}`,
      file,
      span,
      related: earlier.map(({ problem, version }) => ({
        file: problem.file,
        span: problem.span,
        message: `this needs ${version}; older ones say: ${problem.message}`,
      })),
    });
  });
}

/** Directives that came after the oldest version, told from the tables alone. */
function newerNames({ walker }: Run): Needed[] {
  const result: Needed[] = [];
  for (const [spec, node] of walker.firsts) {
    const { name, since } = spec;
    if (since === null || spec.thirdParty !== null || compareVersions(since, oldestVersion) <= 0) continue;
    const message = `unknown directive "${name}"`;
    result.push({ problem: { message, file: node.file, span: node.name }, version: since });
  }
  return result;
}
