import type { Template } from '../../3-plan/schema.ts';
import { escapeUri } from '../algorithms/escape-uri.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { Evaluator } from '../template.ts';

/** What a `rewrite` made. */
export interface Replacement {
  readonly path: string;
  /** Arguments after the first `?` of the replacement; null without, and in redirects (there they are part of `path`). */
  readonly args: string | null;
  /** The replacement has a `?`. */
  readonly hasArgs: boolean;
}

const escapes = (request: Request): boolean => request.quotedUri || request.plusInUri;

/** The replacement of `rewrite`: captures in arguments and in redirects are escaped again where the client's URI was encoded. */
export function compileReplacement(
  cx: EngineContext,
  template: Template,
  redirect: boolean,
): (request: Request) => Replacement {
  const parts = typeof template === 'string' ? [template] : template;
  const hasArgs = parts.some((part) => typeof part === 'string' && part.includes('?'));
  if (redirect) {
    const path = compileParts(cx, parts, () => true);
    return (request) => ({ path: path(request), args: null, hasArgs });
  }
  const split = splitAtQuestion(parts);
  const path = compileParts(cx, split.before, () => false);
  const args = split.after === null ? null : compileParts(cx, split.after, () => true);
  return (request) => ({ path: path(request), args: args === null ? null : args(request), hasArgs });
}

/** A template of `set` or `if`, whose captures are escaped under the same condition until a `rewrite` matched. */
export function compileQuoting(cx: EngineContext, template: Template): Evaluator {
  if (typeof template === 'string' || !template.some((part) => typeof part !== 'string' && 'capture' in part))
    return cx.template(template).evaluate;
  return compileParts(cx, template, (request) => request.quoteCaptures);
}

type Parts = Exclude<Template, string>;

function splitAtQuestion(parts: Parts): { before: Parts; after: Parts | null } {
  for (const [index, part] of parts.entries()) {
    const at = typeof part === 'string' ? part.indexOf('?') : -1;
    if (at === -1) continue;
    const text = part as string;
    const before = [...parts.slice(0, index), text.slice(0, at)];
    return { before, after: [text.slice(at + 1).replaceAll('?', ''), ...parts.slice(index + 1)] };
  }
  return { before: parts, after: null };
}

function compileParts(cx: EngineContext, parts: Parts, quote: (request: Request) => boolean): Evaluator {
  const evaluators = parts.map((part): Evaluator => {
    if (typeof part === 'string') return () => part;
    if ('var' in part) return cx.variables.evaluator(part.var);
    const number = part.capture;
    return (request) => {
      const text = request.captures?.[number] ?? '';
      return quote(request) && escapes(request) ? escapeUri(text, 'args') : text;
    };
  });
  return (request) => {
    let text = '';
    for (const evaluate of evaluators) text += evaluate(request);
    return text;
  };
}
