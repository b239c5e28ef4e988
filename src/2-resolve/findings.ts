import type { SyntaxProblem } from '../1-syntax/ast.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import type { CheckContext } from '../nginx/check-context.ts';
import type { Place, Problem } from '../nginx/problem.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import type { NginxVerdict } from './resolved-config.ts';

/** Nobody reads more, and a file of rubbish could have millions. */
const mostDiagnostics = 5000;

/** NGX_MAX_CONF_ERRSTR: nginx cuts a message before it adds the place. */
const longestMessage = 1024;

/**
 * Collects what nginx would say, in its order of checking. The first error is the verdict: there nginx stops, and
 * whatever comes later is found by going on where it would not.
 */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  verdict: NginxVerdict = { ok: true };
  readonly #told = new Set<string>();

  /** A complaint of a check, at the place where nginx stands. */
  add(problem: Problem, cx: CheckContext): void {
    const { slug, message, severity = 'error', placeless = false, detail, help, fixes, related } = problem;
    if (severity !== 'warning')
      this.#decide(message, placeless ? null : (problem.at ?? cx.place), problem.level);
    if (this.diagnostics.length >= mostDiagnostics) return;
    if (problem.once !== undefined && this.#told.has(problem.once)) return;
    if (problem.once !== undefined) this.#told.add(problem.once);
    this.diagnostics.push(
      diagnostic({
        // A slug with a family of its own is not nginx's complaint.
        code: slug.includes('/') ? slug : `nginx/${slug}`,
        severity,
        message: message.slice(0, longestMessage),
        ...whereOf(problem, cx),
        ...(detail === undefined ? {} : { detail }),
        ...(help === undefined ? {} : { help }),
        ...(fixes === undefined ? {} : { fixes }),
        ...(related === undefined ? {} : { related }),
      }),
    );
  }

  /** Counts what goes by `once` as told: another complaint says it already. */
  markTold(once: string): void {
    this.#told.add(once);
  }

  addSyntax(problem: SyntaxProblem, file: SourceFile): void {
    const { code, message, at, span, detail, fix } = problem;
    this.#decide(message, { file, offset: at });
    if (this.diagnostics.length >= mostDiagnostics) return;
    const fixes =
      fix === null
        ? []
        : [
            {
              title: fix.title,
              edits: [{ file, start: fix.at, end: fix.at + fix.remove, text: fix.insert }],
            },
          ];
    this.diagnostics.push(diagnostic({ code, severity: 'error', message, detail, file, span, fixes }));
  }

  #decide(whole: string, place: Place | null, level: Problem['level'] = 'emerg'): void {
    if (!this.verdict.ok) return;
    const file = place?.file ?? null;
    const message = file === null ? whole : whole.slice(0, longestMessage);
    this.verdict = { ok: false, level, message, file, line: file?.lineAt(place!.offset) ?? null };
  }
}

function whereOf(problem: Problem, cx: CheckContext): { file: SourceFile; span: Span } {
  if (problem.where !== undefined) return problem.where;
  const node = problem.node ?? cx.node;
  const { file } = node;
  const word =
    problem.word === undefined ? undefined : problem.word < 0 ? node.name : node.args[problem.word];
  if (word !== undefined) return { file, span: { start: word.start, end: word.end } };
  return { file, span: { start: node.start, end: node.wordsEnd } };
}
