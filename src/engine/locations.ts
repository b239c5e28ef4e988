import type { Location } from '../3-plan/schema.ts';
import type { EngineContext } from './context.ts';
import type { CompiledLocation } from './compiled.ts';
import type { Request } from './request.ts';

/** The locations inside a server or a location. */
export interface LocationTree {
  readonly exact: ReadonlyMap<string, number>;
  readonly prefixes: ReadonlyMap<string, number>;
  /** Lengths of prefixes, longest first. */
  readonly lengths: readonly number[];
  /** Names (without their final slash) that are redirected to the name with it. */
  readonly redirects: ReadonlyMap<string, number>;
  readonly regexes: readonly { readonly index: number; readonly regex: PlanPattern }[];
}
interface PlanPattern {
  readonly pattern: string;
  readonly caseless: boolean;
}

/** Sorts the locations `indexes` for the search (ngx_http_init_locations, ngx_http_init_static_location_trees). */
export function buildTree(locations: readonly Location[], indexes: readonly number[]): LocationTree {
  const exact = new Map<string, number>();
  const prefixes = new Map<string, number>();
  const redirects = new Map<string, number>();
  const regexes: LocationTree['regexes'][number][] = [];
  for (const index of indexes) {
    const { kind, name, caseless, autoRedirect } = locations[index]!;
    if (kind === 'exact') exact.set(name, index);
    else if (kind === 'prefix') prefixes.set(name, index);
    else if (kind === 'regex') regexes.push({ index, regex: { pattern: name, caseless } });
    if (autoRedirect && (kind === 'prefix' || (kind === 'exact' && !redirects.has(name.slice(0, -1)))))
      redirects.set(name.slice(0, -1), index);
  }
  for (const [name, index] of exact) {
    if (locations[index]!.autoRedirect) redirects.set(name.slice(0, -1), index);
  }
  const lengths = [...new Set([...prefixes.keys()].map(({ length }) => length))].sort((a, b) => b - a);
  return { exact, prefixes, lengths, redirects, regexes };
}

/** How a location was found; `redirect`: the name with a slash at its end is meant (301). */
export type Found = 'exact' | 'prefix' | 'regex' | 'redirect' | 'none';

/**
 * Finds the location of `request.uri` from `request.location` on and puts it there (ngx_http_core_find_location): exact, then the
 * longest prefix and what is nested in it, then regexes in order unless `^~`.
 */
export function findLocation(cx: EngineContext, request: Request): Found {
  const { tree } = request.location;
  const { uri } = request;
  const exact = tree.exact.size === 0 ? undefined : tree.exact.get(uri);
  if (exact !== undefined) {
    request.location = cx.location(exact);
    return 'exact';
  }
  let noRegex = false;
  const found = findPrefix(cx, tree, uri);
  if (found !== null && found.redirect) {
    request.location = found.location;
    return 'redirect';
  }
  let result: Found = 'none';
  if (found !== null) {
    request.location = found.location;
    noRegex = found.location.plan.noRegex;
    result = hasLocations(found.location.tree) ? findLocation(cx, request) : 'none';
    if (result === 'exact' || result === 'redirect' || result === 'regex') return result;
    result = 'prefix';
  }
  if (!noRegex) {
    for (const { index, regex } of tree.regexes) {
      if (!cx.regex(regex).exec(request, uri)) continue;
      request.location = cx.location(index);
      if (hasLocations(request.location.tree)) {
        const inner = findLocation(cx, request);
        if (inner === 'redirect') return inner;
      }
      return 'regex';
    }
  }
  return result;
}

function hasLocations(tree: LocationTree): boolean {
  return tree.lengths.length > 0 || tree.exact.size > 0 || tree.regexes.length > 0;
}

function findPrefix(
  cx: EngineContext,
  tree: LocationTree,
  uri: string,
): { location: CompiledLocation; redirect: boolean } | null {
  // Looking a path up hashes it, which is spared where no name has its length.
  const same = tree.lengths.includes(uri.length) ? tree.prefixes.get(uri) : undefined;
  if (same !== undefined) return { location: cx.location(same), redirect: false };
  const redirect = tree.redirects.size === 0 ? undefined : tree.redirects.get(uri);
  if (redirect !== undefined) return { location: cx.location(redirect), redirect: true };
  for (const length of tree.lengths) {
    if (length >= uri.length) continue;
    const index = tree.prefixes.get(uri.slice(0, length));
    if (index !== undefined) return { location: cx.location(index), redirect: false };
  }
  return null;
}
