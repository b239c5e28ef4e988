import type { BlockDirective } from '../1-syntax/ast.ts';
import { indentationAt, insertAtStart, insertBefore } from '../1-syntax/edit.ts';
import type { ResolvedConfig, ResolvedDirective } from '../2-resolve/resolved-config.ts';
import type { Diagnostic, Edit, Fix } from '../diagnostics/diagnostic.ts';
import { blocksBelow } from './context.ts';

/**
 * Adds the fixes that need the whole configuration to nginx's own errors about the map for `Connection`: a map that stands in
 * the wrong block moves to http, one that is missing is written there once.
 */
export function withMapFixes(
  config: ResolvedConfig,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (config.verdict.ok) return diagnostics;
  const directives = lazily(() => [...blocksBelow(config.main)].flatMap((block) => [...block.directives]));
  const misplaced = lazily(() =>
    directives().filter(
      (one) => one.name === 'map' && one.block.context !== 'http' && one.node.block !== null,
    ),
  );
  return diagnostics.map((one) => {
    if (one.fixes.length > 0) return one;
    if (one.code === 'nginx/not-allowed-here') {
      const map = misplaced().find(
        ({ node }) => node.file === one.file && node.name.start === one.span.start,
      );
      const fix = map === undefined ? null : moveFix(map);
      return fix === null ? one : { ...one, fixes: [fix] };
    }
    const name = /^unknown "(\w+)" variable$/.exec(one.message)?.[1];
    if (name === undefined || misplaced().some((map) => map.values[1]?.toLowerCase() === `$${name}`))
      return one;
    const user = directives().find(
      ({ node }) =>
        node.file === one.file &&
        node.start <= one.span.start &&
        one.span.end <= node.end &&
        node.block === null,
    );
    const fix = user === undefined ? null : missingFix(config, user, name);
    return fix === null ? one : { ...one, fixes: [fix] };
  });
}

/** The map that nginx's own how-to gives, when the unknown variable is what `Connection` is set to. */
function missingFix(config: ResolvedConfig, user: ResolvedDirective, name: string): Fix | null {
  const [header, value] = user.args;
  const isConnection =
    user.name === 'proxy_set_header' &&
    header?.value.toLowerCase() === 'connection' &&
    value?.value.replace(/[{}]/g, '').toLowerCase() === `$${name.toLowerCase()}`;
  const http = config.main.children.find(({ context }) => context === 'http')?.directive?.node;
  if (!isConnection || http === undefined || http.block === null) return null;
  const lines = [`map $http_upgrade $${name} {`, '    default upgrade;', "    ''      close;", '}'];
  return {
    title: `Add the map that defines $${name}`,
    edits: [insertAtStart(http as BlockDirective, lines)],
  };
}

/** Cuts the map out and puts it before the block of http that it stands in. */
function moveFix(map: ResolvedDirective): Fix | null {
  let block = map.block;
  while (block.parent !== null && block.parent.context !== 'http') block = block.parent;
  const before = block.parent === null ? undefined : block.directive?.node;
  const { node } = map;
  const { file } = node;
  const indent = indentationAt(file, node.start);
  if (before === undefined || before.file !== file || indent === null) return null;
  const end = file.lineStart(file.lineAt(node.end) + 1);
  if (file.text.slice(node.end, end).trim() !== '') return null;
  const lines = file.text
    .slice(node.start, node.end)
    .split(/\r?\n/)
    .map((line, at) => (at > 0 && line.startsWith(indent) ? line.slice(indent.length) : line));
  const start = node.start - indent.length;
  // Of two empty lines around it one goes as well.
  const after = /^[ \t]*\r?\n/.exec(file.text.slice(end))?.[0].length ?? 0;
  const cut: Edit = {
    file,
    start,
    end: /\n[ \t]*\r?\n$/.test(file.text.slice(0, start)) ? end + after : end,
    text: '',
  };
  return { title: 'Move the map to http', edits: [insertBefore(before, lines), cut] };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
