import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { LocationDirective } from '../../1-syntax/ast.ts';
import type { Level as LevelType, LowerContext } from '../lower-context.ts';
import { Level } from '../lower-context.ts';
import type { Location } from '../schema.ts';
import { declareCaptures } from './regex.ts';
import type { Lowerings } from './lowering.ts';
import { words } from './lowering.ts';

interface NewLocation {
  readonly kind: Location['kind'];
  readonly server: number;
  readonly parent: number;
  readonly directive: ResolvedDirective;
  readonly name?: string;
}

/** Adds an empty location to the plan; its settings are filled by its level. */
export function newLocation(
  cx: LowerContext,
  { kind, server, parent, directive, name = '' }: NewLocation,
): Location {
  const location: Location = {
    kind,
    name,
    noRegex: false,
    caseless: false,
    autoRedirect: false,
    server,
    parent,
    settings: {},
    rewrite: [],
    tryFiles: null,
    content: null,
    limitExcept: null,
    origin: cx.origin(directive),
  };
  cx.addLocation(location);
  return location;
}

const kinds = {
  '': 'prefix',
  '=': 'exact',
  '^~': 'prefix',
  '~': 'regex',
  '~*': 'regex',
  '@': 'named',
} as const;

/** `location` and `limit_except`. */
export function locationLowerings(lowerLevel: (cx: LowerContext, level: LevelType) => void): Lowerings {
  return {
    location(cx, level, directive) {
      const block = directive.opens;
      if (block === null || level.location === null) return;
      const outer = level.location;
      level.defer(() => {
        const node = directive.node as LocationDirective;
        const location = newLocation(cx, {
          kind: kinds[node.modifier],
          server: outer.server,
          parent: cx.indexOf(outer),
          directive,
          name: node.pattern ?? '',
        });
        location.noRegex = node.modifier === '^~';
        location.caseless = node.modifier === '~*';
        if (location.kind === 'regex') declareCaptures(cx, location.name, directive);
        lowerLevel(cx, new Level(cx, block, level, location));
      });
    },
    limit_except(cx, level, directive) {
      const block = directive.opens;
      if (block === null || level.location === null) return;
      const outer = level.location;
      level.defer(() => {
        const location = newLocation(cx, {
          kind: 'limit_except',
          server: outer.server,
          parent: cx.indexOf(outer),
          directive,
          name: outer.name,
        });
        // Only handlers that pass requests on hold at this level too (ngx_http_proxy_merge_loc_conf).
        if (outer.content?.kind !== 'empty_gif' && outer.content?.kind !== 'stub_status')
          location.content = outer.content;
        const methods = words(directive).map((method) => method.toUpperCase());
        if (methods.includes('GET') && !methods.includes('HEAD')) methods.push('HEAD');
        outer.limitExcept = { methods, location: cx.indexOf(location) };
        lowerLevel(cx, new Level(cx, block, level, location));
      });
    },
  };
}
