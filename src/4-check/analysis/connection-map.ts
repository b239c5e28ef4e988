import { insertAtStart } from '../../1-syntax/edit.ts';
import type { BlockDirective } from '../../1-syntax/ast.ts';
import type { ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import type { Edit } from '../../diagnostics/diagnostic.ts';

/** The map of nginx's own how-to, once at the beginning of `http`; nothing where the configuration has no `http` block. */
export function addConnectionMap(config: ResolvedConfig): Edit[] {
  const http = config.main.children.find(({ context }) => context === 'http')?.directive?.node;
  if (http === undefined || http.block === null) return [];
  return [
    insertAtStart(http as BlockDirective, [
      'map $http_upgrade $connection_upgrade {',
      '    default upgrade;',
      "    ''      close;",
      '}',
    ]),
  ];
}

/** Whether a map or another directive of `http` defines the variable already. */
export function definesVariable(config: ResolvedConfig, variable: string): boolean {
  const http = config.main.children.find(({ context }) => context === 'http');
  return ['map', 'geo', 'split_clients'].some((name) =>
    (http?.own(name) ?? []).some((one) => one.values.at(-1)?.toLowerCase() === variable),
  );
}
