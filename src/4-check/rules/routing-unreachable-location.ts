import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { literalPrefix } from '../../pcre/analyse.ts';
import { regexUses, type RegexUse } from '../analysis/regexes.ts';
import { at, related, type Compute } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'routing/unreachable-location',
  severity: 'warning',
  title: 'A location that no request reaches',
  documentation: {
    finds:
      'A regex location behind one with the same expression or one that takes every path, one whose paths all belong to a `^~` location, and locations of a server that answers every request by `return`.',
    matters:
      'Whatever is configured there never happens, access rules included. nginx says nothing: only equal prefixes are refused as duplicates.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#location'],
  },
  examples: [
    {
      within: 'server',
      config: 'location ^~ /static/ {\n}\nlocation ~ ^/static/(.+)\\.js$ {\n}\n',
      findings: [{ line: 3, message: '/static/' }],
    },
    {
      within: 'server',
      config: 'location ~ \\.js$ {\n}\nlocation ~ \\.js$ {\n    deny all;\n}\n',
      findings: [{ line: 3, message: 'same expression' }],
    },
    {
      within: 'server',
      config: 'return 301 https://example.com;\nlocation / {\n}\n',
      findings: [{ line: 2, message: 'return' }],
    },
    {
      within: 'server',
      config: 'location /static/ {\n}\nlocation ~ ^/static/(.+)\\.js$ {\n}\nlocation ~ \\.css$ {\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const always of context.named('return')) {
      const server = always.block;
      if (server.context !== 'server' || server.own('return')[0] !== always) continue;
      const location = server.children.find((one) => one.context === 'location');
      if (location?.directive != null && !hasNamed(server))
        yield {
          ...at(location.directive),
          message: "the server's return answers every request before a location is looked for",
          related: [related(always, 'answers everything')],
          help: 'Put the return into "location /", or remove the locations.',
        };
    }
    const byBlock = context.shared(regexLocations);
    for (const [block, uses] of byBlock) {
      const guards = block.children.flatMap((one) => {
        const node = one.directive?.node;
        return node?.type === 'location' && node.modifier === '^~' && node.pattern !== null
          ? [{ directive: one.directive!, prefix: node.pattern }]
          : [];
      });
      for (const [index, use] of uses.entries()) {
        const earlier = uses
          .slice(0, Math.min(index, 200))
          .find((one) => coversAll(one) || sameExpression(one, use));
        if (earlier !== undefined) {
          const what = sameExpression(earlier, use) ? 'the same expression' : 'an expression for every path';
          yield {
            ...at(use.directive),
            message: `a location with ${what} comes first and takes all of its requests`,
            related: [related(earlier.directive, 'comes first')],
            help: 'Remove one, or change their order.',
          };
          continue;
        }
        const prefix = use.caseless ? '' : literalPrefix(use.pattern);
        const guard = guards.find((one) => prefix.startsWith(one.prefix) && prefix !== '');
        if (guard !== undefined && !longerPrefixOpens(block, guard.prefix))
          yield {
            ...at(use.directive),
            message: `"location ^~ ${guard.prefix}" takes every path that this could match, and ends the search`,
            related: [related(guard.directive, 'takes them')],
            help: 'Remove "^~" there, or nest this location in it.',
          };
      }
    }
  },
};

/** Named locations are reached by error_page and try_files even when the server returns at once. */
function hasNamed(server: ResolvedBlock): boolean {
  return server.own('error_page').length > 0 || server.own('if').length > 0;
}

function coversAll(use: RegexUse): boolean {
  return /^(\^?\/?|\^?\/?\.\*\$?|\^?\/?\(\.\*\)\$?|\.)$/.test(use.text) && use.text !== '';
}

function sameExpression(a: RegexUse, b: RegexUse): boolean {
  return a.text === b.text && (a.caseless === b.caseless || a.caseless);
}

/** A longer prefix without `^~` below the guard lets the search for expressions go on. */
function longerPrefixOpens(block: ResolvedBlock, prefix: string): boolean {
  return block.children.some((one) => {
    const node = one.directive?.node;
    return (
      node?.type === 'location' &&
      node.modifier === '' &&
      node.pattern !== null &&
      node.pattern !== prefix &&
      node.pattern.startsWith(prefix)
    );
  });
}

const regexLocations: Compute<ReadonlyMap<ResolvedBlock, readonly RegexUse[]>> = (
  _config,
  _versions,
  shared,
) => {
  const byBlock = new Map<ResolvedBlock, RegexUse[]>();
  for (const use of shared.get(regexUses)) {
    if (use.kind !== 'location') continue;
    const block: ResolvedDirective['block'] = use.directive.block;
    const list = byBlock.get(block);
    if (list === undefined) byBlock.set(block, [use]);
    else list.push(use);
  }
  return byBlock;
};

export default rule;
