import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';

/** Headers that a level would have inherited and lost because it sets some of its own. */
export interface DroppedHeaders {
  readonly block: ResolvedBlock;
  /** The first directive of the level that drops them. */
  readonly by: ResolvedDirective;
  readonly dropped: readonly ResolvedDirective[];
}

/**
 * Levels with own directives `name` (`add_header`, `proxy_set_header`) that do not repeat headers set further out. nginx
 * takes such a list from the outer level only when the inner one has none at all.
 */
export function* droppedHeaders(
  directives: readonly ResolvedDirective[],
  name: string,
): Generator<DroppedHeaders> {
  // Nothing is inherited where no level that has some is around another.
  if (directives.every(({ block }) => block.children.length === 0)) return;
  const seen = new Set<ResolvedBlock>();
  for (const by of directives) {
    const { block } = by;
    if (seen.has(block) || block.parent === null) continue;
    seen.add(block);
    const outer = block.parent.effective(name).directives;
    if (outer.length === 0) continue;
    const own = new Set(block.own(name).map(headerName));
    const dropped = outer.filter((one) => !own.has(headerName(one)));
    if (dropped.length > 0) yield { block, by, dropped };
  }
}

/** The header's name in lower case. */
export function headerName(directive: ResolvedDirective): string {
  return directive.values[0]?.toLowerCase() ?? '';
}

/** `A, B and C`, each name once. */
export function listNames(directives: readonly ResolvedDirective[]): string {
  const names = [...new Set(directives.map((one) => one.values[0]!))];
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
