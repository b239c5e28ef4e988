import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { compilePcre } from '../../pcre/compile.ts';
import { hasToken, valuesOf } from '../handshake.ts';
import { levelName, placeOf, relatedTo, textOf, type Cause, type Scene } from './cause.ts';
import { variablesIn } from './variables.ts';

/** The headers of a handshake that an `if` may compare. */
export interface Sent {
  readonly upgrade: string;
  readonly connection: string;
}

/** What browsers send; `Connection` as Firefox does. */
export const sentByBrowsers: Sent = { upgrade: 'websocket', connection: 'keep-alive, Upgrade' };

/** An `if` of the way that would have taken the handshake if letters were not compared as they are. */
export function conditionCauses(scene: Scene): Cause[] {
  const { outcome, blocks } = scene;
  const { request } = outcome;
  if (request === null) return [];
  const head = { headers: headersOf(request.main.headers) };
  const sent: Sent = {
    upgrade: valuesOf(head, 'Upgrade').join(', '),
    connection: valuesOf(head, 'Connection').join(', '),
  };
  const origins = new Set((request.trace ?? []).map(({ origin }) => origin));
  return [...origins].flatMap((origin) => {
    const directive = blocks.ofOrigin(origin);
    return directive === null ? [] : (caseFault(directive, sent) ?? []);
  });
}

function headersOf(headers: readonly string[]): [string, string][] {
  const lines: [string, string][] = [];
  for (let at = 0; at < headers.length; at += 3) lines.push([headers[at]!, headers[at + 2]!]);
  return lines;
}

const condition = /^\(\s*\$\{?http_(upgrade|connection)\}?\s+(!?)([=~])\s+(.*?)\s*\)$/s;

/**
 * An `if` that compares `Upgrade` or `Connection` letter by letter (`=`, `~`), and so misses a handshake that it means:
 * both are lists of tokens in any case (RFC 9110 sections 7.6.1 and 7.8). Null for any other directive.
 */
export function caseFault(directive: ResolvedDirective, sent: Sent): Cause | null {
  if (directive.name !== 'if') return null;
  const [, header, negated, operator, wanted] = condition.exec(directive.values.join(' ')) ?? [];
  if (header === undefined || wanted === undefined) return null;
  const name = header.toLowerCase() as keyof Sent;
  const value = sent[name];
  const missed = operator === '=' ? missesText(value, wanted) : missesPattern(value, wanted);
  if (!missed) return null;
  const better = `$http_${name} ${negated}~* ${name === 'connection' ? 'upgrade' : '^websocket$'}`;
  const [first] = directive.args;
  const last = directive.args.at(-1);
  return {
    code: 'ws/if-case',
    message: `"${textOf(directive)}" ${negated === '' ? 'does not hold' : 'holds'} for a handshake with "${name === 'upgrade' ? 'Upgrade' : 'Connection'}: ${value}": ${operator === '=' ? '"=" compares the whole value, letter by letter' : '"~" minds upper and lower case'}`,
    symptom: '404 or 400: the handshake goes where ordinary requests go',
    ...placeOf(directive),
    related: [],
    help: `Write "if (${better})", or better do without the "if": a location of its own for sockets.`,
    fix:
      first === undefined || last === undefined
        ? null
        : {
            title: `Compare in any case`,
            edits: [{ file: directive.node.file, start: first.start, end: last.end, text: `(${better})` }],
          },
  };
}

function missesText(value: string, wanted: string): boolean {
  if (value === wanted) return false;
  return value.toLowerCase() === wanted.toLowerCase() || hasToken([value], wanted.toLowerCase());
}

function missesPattern(value: string, pattern: string): boolean {
  const matches = (caseless: boolean): boolean => {
    const compiled = compilePcre(pattern, { caseless });
    return compiled.ok === true && compiled.exec(value) !== null;
  };
  return !matches(false) && matches(true);
}

/** Words and places about the `if` around a line that answered: what it asks, and how a handshake gets past it. */
export function askedBy(
  { outcome }: Scene,
  { block }: ResolvedDirective,
): { readonly why: string; readonly help: string; readonly related: Cause['related'] } | null {
  const asks = block.directive;
  if (asks?.name !== 'if') return null;
  const names = variablesIn(asks.values.join(' '));
  const text = textOf(asks);
  const why = `"${text}" in ${levelName(block.parent ?? block)} holds`;
  if (names.includes('invalid_referer')) {
    const referers = block.effective('valid_referers').directives;
    return {
      why,
      help: 'Add "none" to valid_referers, or compare $http_origin instead: browsers send Origin with a handshake, but no Referer.',
      related: referers.map((one) => relatedTo(one, '$invalid_referer is decided here')),
    };
  }
  const missing = names
    .filter((name) => name.startsWith('http_'))
    .map((name) => name.slice('http_'.length).replaceAll('_', '-'))
    .find((name) => valuesOf({ headers: headersOf(outcome.request?.main.headers ?? []) }, name).length === 0);
  const handshake =
    missing === undefined
      ? 'Let the condition not hold for handshakes'
      : `This handshake has no ${titleCase(missing)}: try one with -H '${titleCase(missing)}: …', or let the condition not hold without it`;
  return { why, help: `${handshake}.`, related: [] };
}

function titleCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
