import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { LowerContext } from '../lower-context.ts';
import { Level } from '../lower-context.ts';
import type { Condition, RewriteStep } from '../schema/rewrite.ts';
import type { PlanRegex } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';
import { newLocation } from './location.ts';
import { declareCaptures } from './regex.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { word, words } from './lowering.ts';

/** ngx_http_rewrite_module. Steps stand in the order of writing, those of an `if` inside its step. */
export function rewriteLowerings(lowerLevel: (cx: LowerContext, level: Level) => void): Lowerings {
  const lowerIf: DirectiveLowering = (cx, level, directive) => {
    const block = directive.opens;
    if (block === null || level.location === null) return;
    const inServer = block.context === 'if in server';
    const location = newLocation(cx, {
      kind: 'if',
      server: level.location.server,
      parent: cx.indexOf(level.location),
      directive,
    });
    const step: RewriteStep = {
      op: 'if',
      condition: lowerCondition(cx, directive),
      location: inServer ? -1 : cx.indexOf(location),
      steps: location.rewrite,
      origin: cx.origin(directive),
    };
    level.location.rewrite.push(step);
    level.defer(() => {
      const outer = level.location!;
      const inner = new Level(cx, block, level, location);
      location.content = outer.content;
      lowerLevel(cx, inner);
    });
  };
  return {
    set(cx, level, directive) {
      const variable = word(directive, 0).slice(1).toLowerCase();
      cx.variable(variable, 'set');
      level.location?.rewrite.push({
        op: 'set',
        variable,
        value: parseTemplate(word(directive, 1)),
        origin: cx.origin(directive),
      });
    },
    break(cx, level, directive) {
      level.location?.rewrite.push({ op: 'break', origin: cx.origin(directive) });
    },
    return(cx, level, directive) {
      level.location?.rewrite.push(lowerReturn(cx, directive));
    },
    rewrite(cx, level, directive) {
      level.location?.rewrite.push(lowerRewrite(cx, directive));
    },
    if: lowerIf,
  };
}

/** ngx_http_rewrite_return: a lone URL means 302. */
function lowerReturn(cx: LowerContext, directive: ResolvedDirective): RewriteStep {
  const first = word(directive, 0);
  const origin = cx.origin(directive);
  const code = /^\d+$/.test(first) ? Number(first) : -1;
  if (code === -1) return { op: 'return', status: 302, text: parseTemplate(first), origin };
  const text = directive.values.length > 1 ? parseTemplate(word(directive, 1)) : null;
  return { op: 'return', status: code, text, origin };
}

/** ngx_http_rewrite. */
function lowerRewrite(cx: LowerContext, directive: ResolvedDirective): RewriteStep {
  const [pattern = '', replacement = '', flag = ''] = words(directive);
  const redirectScheme = /^(?:http:\/\/|https:\/\/|\$scheme)/.test(replacement);
  const keepArgs = !replacement.endsWith('?');
  const redirect = flag === 'permanent' ? 301 : flag === 'redirect' || redirectScheme ? 302 : 0;
  declareCaptures(cx, pattern, directive);
  return {
    op: 'rewrite',
    regex: { pattern, caseless: false },
    replacement: parseTemplate(keepArgs ? replacement : replacement.slice(0, -1)),
    keepArgs,
    redirect,
    last: flag === 'last' || redirect !== 0,
    break: flag === 'break',
    origin: cx.origin(directive),
  };
}

/** ngx_http_rewrite_if_condition. */
function lowerCondition(cx: LowerContext, directive: ResolvedDirective): Condition {
  const texts = words(directive);
  texts[0] = texts[0]!.slice(1);
  if (texts[0] === '') texts.shift();
  texts[texts.length - 1] = texts.at(-1)!.slice(0, -1);
  if (texts.at(-1) === '' && texts.length > 1 && isWholeWord(directive)) texts.pop();
  const [first = '', operator = '', last = ''] = texts;
  if (first.startsWith('$') && texts.length === 1) return { test: 'set', value: parseTemplate(first) };
  if (first.startsWith('$')) {
    const value = parseTemplate(first);
    if (operator === '=' || operator === '!=')
      return { test: 'equal', value, other: parseTemplate(last), negate: operator === '!=' };
    const negate = operator.startsWith('!');
    declareCaptures(cx, last, directive);
    const regex: PlanRegex = { pattern: last, caseless: operator.endsWith('*') };
    return { test: 'match', value, regex, negate };
  }
  const negate = first.startsWith('!');
  const letter = first.at(-1)!;
  const file = ({ f: 'file', d: 'directory', e: 'exists', x: 'executable' } as const)[letter] ?? 'exists';
  return { test: 'file', file, value: parseTemplate(texts[1] ?? ''), negate };
}

/** Whether the closing parenthesis stands alone. */
function isWholeWord(directive: ResolvedDirective): boolean {
  return directive.values.at(-1)! === ')';
}
