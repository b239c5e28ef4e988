import { checkGeneric } from './generic-slots.ts';
import type { Handler } from './module-checks.ts';
import { compileArguments } from './script.ts';

/** Setters that add-ons share. */

/** Every argument is text with variables. */
export const compiled: Handler = (cx) => compileArguments(cx);

/** What the generic setter says, where the newest version of an add-on has a setter of its own and older ones have not. */
export const generic =
  (kind: 'flag' | 'num'): Handler =>
  (cx) =>
    checkGeneric(cx, { ...cx.spec!, kind, repeat: 'error' });

/** The same handler for several directives. */
export function each(names: readonly string[], handler: Handler): Record<string, Handler> {
  return Object.fromEntries(names.map((name) => [name, handler]));
}

/** An enum or a bitmask whose words the tables do not tell. */
export function words(...enumValues: readonly string[]): Handler {
  return (cx) => checkGeneric(cx, { ...cx.spec!, enumValues });
}
