import type { Directive } from '../1-syntax/ast.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Problem } from '../nginx/problem.ts';
import { problem } from '../nginx/problem.ts';
import type { SpecTable } from '../nginx/specs.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';
import { compareVersions } from '../nginx/versions.ts';
import { placesOf } from './advice.ts';

/** `unknown directive "x"`, with what is known about why: a newer version, an add-on, a slip of the pen. */
export function unknownDirective(node: Directive, context: Context, specs: SpecTable): Problem {
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
  return problem('unknown-directive', message, { word: -1, ...closest(node, context, specs) });
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
function closest(node: Directive, context: Context, specs: SpecTable): Partial<Problem> {
  const { file, name } = node;
  const here = didYouMean(name.value, specs.namesIn(context));
  if (here !== null)
    return {
      detail: `Did you mean "${here}"?`,
      fixes: [{ title: `Write "${here}"`, edits: [{ file, start: name.start, end: name.end, text: here }] }],
    };
  const elsewhere = didYouMean(name.value, specs.allNames());
  if (elsewhere !== null) {
    const places = placesOf(specs.every(elsewhere));
    return { detail: `Did you mean "${elsewhere}"? It belongs into ${places}.` };
  }
  const addon = didYouMean(name.value, specs.thirdPartyNames());
  if (addon === null) return {};
  const project = specs.findThirdParty(addon)[0]!.thirdParty;
  return { detail: `Did you mean "${addon}" of the add-on ${project}?` };
}
