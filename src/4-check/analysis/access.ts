import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';

/** Directives that decide in the access phase who gets in. */
const accessDirectives: readonly string[] = ['allow', 'deny', 'auth_basic', 'auth_request', 'auth_jwt'];

/** The access rules written at this very level. */
export function ownAccessRules(block: ResolvedBlock): ResolvedDirective[] {
  return accessDirectives.flatMap((name) => block.own(name)).filter((one) => one.values[0] !== 'off');
}

/** Whether someone can be turned away here: by `deny`, a password, a subrequest, or because it is internal. */
export function isRestricted(block: ResolvedBlock): boolean {
  if (block.own('internal').length > 0) return true;
  return ['deny', 'auth_basic', 'auth_request', 'auth_jwt'].some((name) =>
    block.effective(name).directives.some((one) => one.values[0] !== 'off'),
  );
}
