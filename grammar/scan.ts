/**
 * Where nginx's words and Lua bodies end, found without regular expressions: these runs may be megabytes long and
 * hold escapes, on which a backtracking matcher needs memory for every step.
 *
 * Every function takes the text and the offset of the first character, and gives the offset behind the last one,
 * or -1 where the text ends first.
 */

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const SINGLE_QUOTE = 39;
const CLOSE_PAREN = 41;
const MINUS = 45;
const SEMICOLON = 59;
const EQUALS = 61;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** The four bytes that nginx takes for white space. */
export function isSpace(code: number): boolean {
  return code === SPACE || code === LF || code === TAB || code === CR;
}

/** What may follow a closing quote (ngx_conf_read_token, `need_space`); the end of the text as well. */
export function isAfterQuote(code: number): boolean {
  return (
    isSpace(code) || code === SEMICOLON || code === OPEN_BRACE || code === CLOSE_PAREN || Number.isNaN(code)
  );
}

/**
 * A word without quotes: it ends at white space, `;` or `{`. A backslash takes the next byte along, and `{` belongs
 * to the word directly after `$` and after such a `{`.
 */
export function scanBareWord(text: string, from: number): number {
  let afterDollar = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACE) {
      if (!afterDollar) return at;
    } else if (isSpace(code) || code === SEMICOLON) {
      return at;
    } else {
      afterDollar = code === DOLLAR;
      if (code === BACKSLASH) at++;
    }
  }
  return text.length;
}

/** A longer word is never taken for a plain one: it may be more than nginx reads. */
const longestPlainWord = 1 << 10;

/** Whether a statement of plain words cannot go on here: a quote, a comment, a brace. */
function startsNoPlainWord(code: number): boolean {
  return (
    code === DOUBLE_QUOTE ||
    code === SINGLE_QUOTE ||
    code === HASH ||
    code === OPEN_BRACE ||
    code === CLOSE_BRACE
  );
}

/**
 * Statements of plain words (without quotes, escapes and `{`), each with its `;`: most of what most files hold. The end is
 * behind the last `;`, or -1 where not even the first statement is one.
 */
export function scanPlainStatements(text: string, from: number): number {
  let end = -1;
  let words = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      at++;
    } else if (code === SEMICOLON) {
      if (words === 0) return end;
      words = 0;
      end = ++at;
    } else {
      if (startsNoPlainWord(code)) return end;
      const behind = scanPlainWord(text, at);
      if (behind === -1) return end;
      words++;
      at = behind;
    }
  }
  return end;
}

/** A plain word from its first character to before the white space or `;` behind it. */
function scanPlainWord(text: string, from: number): number {
  const limit = Math.min(text.length, from + longestPlainWord);
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    // Small letters, which most are.
    if (code > BACKSLASH && code < OPEN_BRACE) continue;
    if (code === SEMICOLON || isSpace(code)) return at;
    if (code === OPEN_BRACE || code === BACKSLASH) return -1;
  }
  return -1;
}

/** A quoted text, from its opening to behind its closing quote, which is looked for before `limit`. */
export function scanQuoted(text: string, from: number, limit = text.length): number {
  const quote = text.charCodeAt(from);
  const end = Math.min(limit, text.length);
  for (let at = from + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === BACKSLASH) at++;
  }
  return -1;
}

/** A Lua string, from its quote to behind the closing one; a quote without a partner on its line is no string. */
function scanLuaString(text: string, from: number): number {
  const quote = text.charCodeAt(from);
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === BACKSLASH) at++;
    if (text.charCodeAt(at) === LF) break;
  }
  return from + 1;
}

/** The level of a Lua long bracket `[`, `=`…, `[` that starts at `from`, or -1 if there is none. */
function longBracketLevel(text: string, from: number): number {
  if (text.charCodeAt(from) !== OPEN_BRACKET) return -1;
  let at = from + 1;
  while (text.charCodeAt(at) === EQUALS) at++;
  return text.charCodeAt(at) === OPEN_BRACKET ? at - from - 1 : -1;
}

function scanLongBracket(text: string, from: number, level: number): number {
  const closing = `]${'='.repeat(level)}]`;
  const at = text.indexOf(closing, from + level + 2);
  return at === -1 ? -1 : at + closing.length;
}

/** How far a Lua body goes. */
export interface LuaBodyExtent {
  /** Behind the `}` that closes it, or -1. */
  readonly end: number;
  /** The last `{` read. */
  readonly lastOpen: number;
  /** A long bracket that is never closed, else -1. */
  readonly openBracket: number;
}

/**
 * A Lua body from its `{` to the `}` that closes it, outside Lua's strings, long brackets and comments, as
 * ngx_http_lua_directive.c, ngx_http_lua_conf_lua_block_parse finds it.
 */
export function scanLuaBody(text: string, from: number): LuaBodyExtent {
  let depth = 0;
  let lastOpen = from;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACE) {
      depth++;
      lastOpen = at++;
    } else if (code === CLOSE_BRACE) {
      at++;
      if (--depth === 0) return { end: at, lastOpen, openBracket: -1 };
    } else if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      at = scanLuaString(text, at);
    } else if (code === OPEN_BRACKET || (code === MINUS && text.charCodeAt(at + 1) === MINUS)) {
      const bracket = code === MINUS ? at + 2 : at;
      const level = longBracketLevel(text, bracket);
      if (level !== -1) {
        const end = scanLongBracket(text, bracket, level);
        if (end === -1) return { end, lastOpen, openBracket: bracket };
        at = end;
      } else if (code === MINUS) {
        const end = text.indexOf('\n', at);
        at = end === -1 ? text.length : end;
      } else {
        at++;
      }
    } else {
      at++;
    }
  }
  return { end: -1, lastOpen, openBracket: -1 };
}
