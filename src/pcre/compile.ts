import { mayBeExponential, safeSubjectLength } from './analyse.ts';
import { buildMatcher, matchLimit, MatchLimitError } from './matcher.ts';
import { messages } from './messages.ts';
import { parsePcre } from './parse.ts';
import { translate } from './translate.ts';
import type { Pattern } from './tree.ts';
import { byteModeSuffices } from './utf.ts';

/** The whole match and each capture, `undefined` for captures that took no part. */
export type PcreMatch = readonly (string | undefined)[];

export interface CompiledPcre {
  readonly ok: true;
  /**
   * Searches the subject (a latin1 byte string) from its start. Null when nothing matches. A subject on which the
   * backtracking needs more stack than there is, or more tries than PCRE2's match limit, counts as no match.
   */
  exec(subject: string): PcreMatch | null;
  readonly captureCount: number;
  /** Name to the number of its (first) group. */
  readonly names: ReadonlyMap<string, number>;
  /** The JavaScript regular expression in use; null when our own matcher runs because none says the same. */
  readonly source: string | null;
  /** The tree, for analyses. */
  readonly pattern: Pattern;
}

export interface PcreError {
  readonly ok: false;
  /** PCRE2's own words. */
  readonly message: string;
  /** Byte offset in the pattern where PCRE2 stood. */
  readonly offset: number;
}

export interface UnsupportedPcre {
  readonly ok: 'unsupported';
  /** What PCRE2 would accept and we cannot match, as a noun. */
  readonly reason: string;
  readonly offset: number;
}

export type PcreResult = CompiledPcre | PcreError | UnsupportedPcre;

/** Start options without influence on what nginx's way of matching finds. */
const harmlessStartOptions = /^(NO_AUTO_POSSESS|NO_DOTSTAR_ANCHOR|NO_JIT|NO_START_OPT|LF|BSR_UNICODE)$/;

/** In UTF mode escapes by number mean characters, which may be several bytes. */
const utfEscapes = /^(?:\(\*[A-Z_]+\))*\(\*UTF8?\).*\\(?:x|o\{|N\{U|[0-7]{2})/s;

/**
 * Compiles a pattern as nginx does (ngx_regex.c, ngx_regex_compile): PCRE2 in byte mode, with no option but perhaps
 * caseless, which concerns ASCII letters only. `pattern` is a latin1 byte string. Compiled patterns keep state while they
 * match: call `exec` again only after it has returned.
 */
export function compilePcre(pattern: string, options: { readonly caseless: boolean }): PcreResult {
  if (utfEscapes.test(pattern)) return { ok: 'unsupported', reason: '(*UTF)', offset: 0 };
  const parsed = parsePcre(pattern, options);
  if (!parsed.ok) {
    const { code, offset } = parsed.error;
    return { ok: false, message: messages[code]!, offset };
  }
  const tree = parsed.pattern;
  const ignoresCase = options.caseless || /\(\?[a-zA-Z^]*i/.test(pattern);
  const harmful = tree.startOptions.find(
    (word) => !harmlessStartOptions.test(word) && !(word === 'UTF' && byteModeSuffices(tree, ignoresCase)),
  );
  if (harmful !== undefined) return { ok: 'unsupported', reason: `(*${harmful})`, offset: 0 };
  const names = new Map<string, number>();
  for (const { name, number } of tree.names) if (!names.has(name)) names.set(name, number);
  const shared = { ok: true, captureCount: tree.captureCount, names, pattern: tree } as const;
  const translation = translate(tree);
  if (!('reason' in translation)) {
    const exec = expressionRunner(translation.source, translation.groups);
    if (exec !== null) return { ...shared, source: translation.source, exec: bounded(exec, tree) };
  }
  const matcher = buildMatcher(tree);
  if (matcher === null) return { ok: 'unsupported', reason: 'a backtracking verb', offset: 0 };
  return { ...shared, source: null, exec: (subject) => withinLimits(() => matcher(subject)) };
}

/**
 * JavaScript's engine tries without an end: subjects so long that clients could keep it busy with them are for our own matcher,
 * which gives up as PCRE2 does. What it has no stack for, JavaScript has to search after all, unless that may take for ever.
 */
function bounded(exec: CompiledPcre['exec'], tree: Pattern): CompiledPcre['exec'] {
  const safeLength = safeSubjectLength(tree, matchLimit);
  let matcher: ReturnType<typeof buildMatcher> | undefined;
  return (subject) => {
    if (subject.length <= safeLength) return exec(subject);
    const own = (matcher ??= buildMatcher(tree));
    if (own === null) return exec(subject);
    try {
      return own(subject);
    } catch (error) {
      if (error instanceof MatchLimitError) return null;
      if (!(error instanceof RangeError)) throw error;
      return mayBeExponential(tree) ? null : exec(subject);
    }
  };
}

/** Null when JavaScript refuses the translation as too large. */
function expressionRunner(source: string, groups: readonly number[] | null): CompiledPcre['exec'] | null {
  let expression: RegExp;
  try {
    expression = new RegExp(source);
  } catch {
    return null;
  }
  if (groups === null) return (subject) => expression.exec(subject);
  return (subject) => {
    const found = expression.exec(subject);
    return found === null ? null : groups.map((index) => found[index]);
  };
}

function withinLimits<Value>(run: () => Value): Value | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError || error instanceof MatchLimitError) return null;
    throw error;
  }
}

/** The text after `nginx: [emerg] ` for a pattern that PCRE2 refuses (ngx_regex.c, 1.21.5 and later). */
export function pcreErrorMessage(pattern: string, { message, offset }: PcreError): string {
  const place = offset === pattern.length ? '' : ` at "${pattern.slice(offset)}"`;
  return `pcre2_compile() failed: ${message} in "${pattern}"${place}`;
}
