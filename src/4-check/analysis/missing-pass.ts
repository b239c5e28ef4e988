import type { BlockDirective } from '../../1-syntax/ast.ts';
import { insertAtStart } from '../../1-syntax/edit.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import type { CheckContext } from '../context.ts';
import type { Place } from '../rule.ts';
import { hasHandler, passDirectives } from './handlers.ts';

/**
 * The `proxy_pass` that a location lacks, for a finding that points at the location: only where a single upstream is
 * defined and nothing uses it, so that there is no doubt which one is meant.
 */
export function missingPassFixes(context: CheckContext, { file, span }: Place): readonly Fix[] {
  const location = context
    .named('location')
    .find(({ node }) => node.file === file && node.name.start === span.start);
  const upstreams = context.named('upstream');
  const name = upstreams[0]?.values[0];
  if (location?.opens == null || hasHandler(location.opens) || upstreams.length !== 1 || name === undefined)
    return [];
  if (passDirectives.some((pass) => context.named(pass).length > 0)) return [];
  const line = `proxy_pass http://${name};`;
  return [{ title: `Add "${line}"`, edits: [insertAtStart(location.node as BlockDirective, [line])] }];
}
