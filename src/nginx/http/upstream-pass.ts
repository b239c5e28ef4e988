import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import type { Handler } from '../module-checks.ts';
import { compileScript, hasVariables } from '../script.ts';
import { Slot } from '../store.ts';
import { mergeUpstreamTls } from '../tls-merge.ts';
import { passUpstream } from '../upstreams.ts';
import { effective, effectiveAll, hasOwnOf } from './effective.ts';

/**
 * fastcgi_pass, uwsgi_pass, scgi_pass and grpc_pass: text with variables, or an address without a URI behind one of
 * the `schemes`.
 */
export function passHandler(schemes: readonly string[]): Handler {
  return (cx) => {
    const refused = duplicate(cx);
    if (refused !== null) return refused;
    const text = cx.arg(0);
    if (hasVariables(text)) return compileScript(cx, text, 0);
    const scheme = schemes.find((each) => text.toLowerCase().startsWith(each)) ?? '';
    const added = passUpstream(cx, text.slice(scheme.length), {}, 0);
    return 'refused' in added ? added.refused : null;
  };
}

/** Values that nginx compiles only when levels are merged (`fastcgi_param`, `grpc_set_header`): argument 1 of each. */
export function mergeLateValues(cx: CheckContext, level: BlockState, name: string): void {
  if (!cx.seen.has(name) || !hasOwnOf(level, name)) return;
  for (const node of effectiveAll(level, name)) compileLate(cx, node, 1);
}

/** The same for a value that is inherited as one (`proxy_set_body`). */
export function mergeLateValue(cx: CheckContext, level: BlockState, name: string, word: number): void {
  if (!cx.seen.has(name) || !hasOwnOf(level, name)) return;
  const node = effective(level, name);
  if (node !== undefined) compileLate(cx, node, word);
}

/** The values of directives that were compiled: those that are written alike share them. */
const compiledBefore = new Slot('values compiled late', () => new Set<readonly string[]>());

function compileLate(cx: CheckContext, node: Directive, word: number): void {
  const { values } = node;
  const value = values[word] ?? '';
  if (!hasVariables(value) || cx.cycle.get(compiledBefore).has(values)) return;
  const { node: before } = cx;
  cx.node = node;
  const refused = compileScript(cx, value, word, 'http');
  if (refused === null) cx.cycle.get(compiledBefore).add(values);
  else cx.report({ ...refused, node });
  cx.node = before;
}

/** Whether anything is said of TLS to upstreams, by the first part of the directives' names. */
const tlsMentioned = new Slot('TLS to upstreams', () => new Map<string, boolean>());

function mentionsTls(cx: CheckContext, prefix: string): boolean {
  const known = cx.cycle.get(tlsMentioned);
  let mentioned = known.get(prefix);
  if (mentioned === undefined)
    known.set(prefix, (mentioned = [...cx.seen].some((name) => name.startsWith(`${prefix}_ssl_`))));
  return mentioned;
}

/**
 * TLS to the upstream, for a level whose own `*_pass` uses it: by its scheme, or perhaps with variables.
 *
 * @param name such as `proxy_pass`
 */
export function mergePassTls(cx: CheckContext, level: BlockState, name: string, scheme: string): void {
  const prefix = name.slice(0, -'_pass'.length);
  // With the defaults there is nothing to complain of.
  if (!mentionsTls(cx, prefix)) return;
  const pass = level.first(name)?.values[0];
  if (pass !== undefined && (hasVariables(pass) || pass.slice(0, scheme.length).toLowerCase() === scheme))
    mergeUpstreamTls(cx, level, prefix);
}
