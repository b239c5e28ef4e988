import type { Template } from '../3-plan/schema/setting.ts';
import type { Request } from './request.ts';
import type { Variables } from './variables/variables.ts';

/** Text that may depend on the request. */
export type Evaluator = (request: Request) => string;

/** Whether a value counts as true where a directive asks for that: neither empty nor `0` (ngx_http_test_predicates). */
export function holds(value: string): boolean {
  return value !== '' && value !== '0';
}

/** A template made ready. `constant` is its value when it does not depend on the request, else null. */
export interface CompiledTemplate {
  readonly constant: string | null;
  readonly evaluate: Evaluator;
}

/** Whether one of the conditions {@link holds}. */
export function anyHolds(conditions: readonly CompiledTemplate[], request: Request): boolean {
  return conditions.some((condition) => holds(condition.evaluate(request)));
}

/** Compiles text with variables; a variable that has no value is empty text (ngx_http_complex_value). */
export function compileTemplate(template: Template, variables: Variables): CompiledTemplate {
  if (typeof template === 'string') return { constant: template, evaluate: () => template };
  const parts = template.map((part): Evaluator | string => {
    if (typeof part === 'string') return part;
    if ('capture' in part) {
      const number = part.capture;
      return (request) => request.captures?.[number] ?? '';
    }
    return variables.evaluator(part.var);
  });
  if (parts.length === 0) return { constant: '', evaluate: () => '' };
  const first = parts[0]!;
  if (parts.length === 1 && typeof first !== 'string') return { constant: null, evaluate: first };
  return {
    constant: null,
    evaluate: (request) => {
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : part(request);
      return text;
    },
  };
}
