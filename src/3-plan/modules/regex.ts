import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { compilePcre } from '../../pcre/compile.ts';
import type { LowerContext } from '../lower-context.ts';

const namedGroup = /\(\?P?[<'](\w+)[>']/g;

/** Named captures of a pattern are variables (ngx_http_regex_compile). A pattern that we cannot match is named. */
export function declareCaptures(cx: LowerContext, pattern: string, directive: ResolvedDirective): void {
  for (const [, name] of pattern.matchAll(namedGroup)) cx.variable(name!, 'capture');
  // Nothing but what begins like this is beyond our matcher; compiling every pattern twice would cost too much.
  if (pattern.includes('(*')) refuseUnsupported(cx, pattern, directive);
}

function refuseUnsupported(cx: LowerContext, pattern: string, directive: ResolvedDirective): void {
  const compiled = compilePcre(pattern, { caseless: false });
  if (compiled.ok !== 'unsupported') return;
  const { name, spec, node } = directive;
  cx.plan.notImplemented.push({
    directive: name,
    module: spec?.module ?? '',
    effect: 'changes',
    origin: cx.origin(directive),
  });
  cx.diagnostics.push(
    diagnostic({
      code: 'plan/regex',
      severity: 'error',
      message: `the regular expression "${pattern}" cannot be matched: ${compiled.reason} is not supported`,
      detail:
        'nginx matches it with PCRE2. Here it would never match, so serving refuses this plan unless told otherwise.',
      file: node.file,
      span: { start: node.start, end: node.terminatorAt },
    }),
  );
}
