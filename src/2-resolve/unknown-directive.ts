import type { Directive } from '../1-syntax/ast.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Problem } from '../nginx/problem.ts';
import { problem } from '../nginx/problem.ts';
import type { SpecTable } from '../nginx/specs.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';
import { compareVersions } from '../nginx/versions.ts';
import { placesOf } from './advice.ts';

/** Guesses that were made already, by context and name: one slip may be all over a file. */
export type Guesses = Map<string, string | null>;

/** `unknown directive "x"`, with what is known about why: a newer version, an add-on, a slip of the pen. */
export function unknownDirective(
  node: Directive,
  context: Context,
  specs: SpecTable,
  guesses: Guesses,
): Problem {
  const name = node.name.value;
  const message = `unknown directive "${name}"`;
  const elsewhere = specs.every(name);
  if (elsewhere.length > 0)
    return problem('unknown-directive', message, {
      word: -1,
      detail: otherVersion(name, elsewhere, specs.version),
    });
  const addons = specs.findThirdParty(name);
  if (addons.length > 0) {
    const project = addons[0]!.thirdParty!;
    return problem('needs-module', message, {
      word: -1,
      severity: 'info',
      once: `addon ${project}`,
      detail: `"${name}" belongs to the add-on ${project}: nginx knows it only when that is built in or loaded with load_module.`,
    });
  }
  return problem('unknown-directive', message, { word: -1, ...closest(node, context, specs, guesses) });
}

function otherVersion(name: string, records: readonly DirectiveSpec[], version: string): string {
  const { commercial, since, removedIn, replacedBy } =
    records.find((each) => !each.commercial) ?? records[0]!;
  const instead = replacedBy === null ? '' : ` Use ${replacedBy} instead.`;
  if (commercial) return `"${name}" exists in the commercial NGINX Plus only.${instead}`;
  if (removedIn !== null && compareVersions(removedIn, version) <= 0)
    return `"${name}" was removed in nginx ${removedIn}.${instead}`;
  return `"${name}" appeared in nginx ${since}; this is ${version}.`;
}

/** The name that was probably meant: one of this context first, then of any other, then of an add-on. */
function closest(node: Directive, context: Context, specs: SpecTable, guesses: Guesses): Partial<Problem> {
  const { file, name } = node;
  const key = `${context} ${name.value}`;
  let guess = guesses.get(key);
  if (guess === undefined) {
    guess =
      didYouMean(name.value, specs.namesIn(context)) ??
      didYouMean(name.value, specs.allNames()) ??
      didYouMean(name.value, specs.thirdPartyNames());
    guesses.set(key, guess);
  }
  if (guess === null) return {};
  if (specs.lookup(guess, context) !== null)
    return {
      detail: `Did you mean "${guess}"?`,
      fixes: [
        { title: `Write "${guess}"`, edits: [{ file, start: name.start, end: name.end, text: guess }] },
      ],
    };
  const known = specs.every(guess);
  if (known.length > 0) return { detail: `Did you mean "${guess}"? It belongs into ${placesOf(known)}.` };
  const project = specs.findThirdParty(guess)[0]!.thirdParty;
  return { detail: `Did you mean "${guess}" of the add-on ${project}?` };
}
