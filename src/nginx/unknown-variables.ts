import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { CheckContext } from './check-context.ts';
import { problem } from './problem.ts';
import type { Subsystem, Variables } from './variables.ts';
import { variablesOf } from './variables.ts';

/** ngx_http_variables_init_vars: the first variable, in the order of use, that nothing defines stops nginx. */
export function reportUnknownVariables(cx: CheckContext, subsystem: Subsystem): void {
  if (cx.fragment) return;
  const variables = variablesOf(cx, subsystem);
  for (const { name, node } of variables.uses()) {
    if (variables.exists(name)) continue;
    const word = node.values.findIndex((value) => mentions(value, name));
    cx.report(
      problem('unknown-variable', `unknown "${name}" variable`, {
        node,
        placeless: true,
        word: word === -1 ? undefined : word,
        detail: explain(name, variables),
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
  const near = didYouMean(name, variables.namesLike(name));
  if (near !== null) return `Did you mean "$${near}"?`;
  return 'Nothing defines it: no module of nginx, and no map, set, geo or named group of a regular expression.';
}

function mentions(value: string, name: string): boolean {
  const folded = value.toLowerCase();
  return folded.includes(`$${name}`) || folded.includes(`\${${name}}`);
}
