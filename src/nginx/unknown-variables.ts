import type { Directive } from '../1-syntax/ast.ts';
import type { Fix } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { CheckContext } from './check-context.ts';
import { problem, type Problem } from './problem.ts';
import type { Subsystem, Variables } from './variables.ts';
import { variablesOf } from './variables.ts';

type Where = NonNullable<Problem['where']>;

/** ngx_http_variables_init_vars: the first variable, in the order of use, that nothing defines stops nginx. */
export function reportUnknownVariables(cx: CheckContext, subsystem: Subsystem): void {
  if (cx.fragment) return;
  const variables = variablesOf(cx, subsystem);
  for (const { name, node } of variables.uses()) {
    if (variables.exists(name)) continue;
    const where = placeOf(name, node);
    const near = isNearer(name, variables) ? didYouMean(name, variables.namesLike(name)) : null;
    cx.report(
      problem('unknown-variable', `unknown "${name}" variable`, {
        node,
        placeless: true,
        ...(where === null ? {} : { where }),
        detail: near === null ? explain(name, variables) : `Did you mean "$${near}"?`,
        ...(near === null || where === null ? {} : { fixes: [rename(where, name, near)] }),
      }),
    );
  }
}

/** The variable of nginx's WebSocket how-to, which a map has to define. */
const howTo = 'connection_upgrade';

function explain(name: string, variables: Variables): string {
  const since = variables.laterSince(name);
  if (since !== null) return `"$${name}" appeared in nginx ${since}.`;
  if (name === howTo)
    return `nginx has no such variable; the how-to defines it in http: map $http_upgrade $${howTo} { default upgrade; '' close; }`;
  return 'Nothing defines it: no module of nginx, and no map, set, geo or named group of a regular expression.';
}

/** Whether the name may be a slip: it is neither that of the how-to nor one of a later version. */
function isNearer(name: string, variables: Variables): boolean {
  return name !== howTo && variables.laterSince(name) === null;
}

/** Where a directive's arguments mention the variable; null where escapes hide it. */
function placeOf(name: string, { file, args }: Directive): Where | null {
  const mention = new RegExp(String.raw`\$(?:${name}(?!\w)|\{${name}\})`, 'i');
  for (const { start, end } of args) {
    const found = mention.exec(file.text.slice(start, end));
    if (found !== null)
      return { file, span: { start: start + found.index, end: start + found.index + found[0].length } };
  }
  return null;
}

function rename({ file, span }: Where, name: string, to: string): Fix {
  const start = span.start + file.text.slice(span.start, span.end).toLowerCase().indexOf(name);
  return { title: `Write "$${to}"`, edits: [{ file, start, end: start + name.length, text: to }] };
}
