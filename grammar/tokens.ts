import { createToken, Lexer, type CustomPatternMatcherFunc, type IToken, type TokenType } from 'chevrotain';
import { isAfterQuote, scanBareWord, scanLuaBody, scanPlainStatements, scanQuoted } from './scan.ts';

/**
 * The tokens of nginx's configuration language. They accept every input: what nginx's tokenizer refuses has tokens
 * of its own (`UnseparatedQuote`, `OpenQuote`, `OpenLuaBody`), so that one mistake costs one problem.
 */

/** Any word of a directive; all kinds of words are consumed as this. */
export const Word = createToken({ name: 'Word', label: 'word', pattern: Lexer.NA });

/** First characters of a word without quotes: any byte but white space, quotes and `# ; { }`. */
const bareStarts: number[] = Array.from({ length: 256 }, (_, code) => code).filter(
  (code) => !' \t\r\n"\'#;{}'.includes(String.fromCharCode(code)),
);

/**
 * Whole statements of plain words in a row, each with its `;`. One token instead of many: most of a large file is read
 * this way. Where a comment or anything but a plain word comes, tokens are words again.
 */
export const PlainStatements = createToken({
  name: 'PlainStatements',
  label: 'plain statements',
  pattern: (text, offset, tokens) => {
    const last = tokens.at(-1);
    if (last !== undefined && !isTerminator(last)) return null;
    const end = scanPlainStatements(text, offset);
    return end === -1 ? null : [text.slice(offset, end)];
  },
  start_chars_hint: bareStarts,
  line_breaks: true,
});

/** A word without quotes, escapes and `${`, which is nearly every word. */
export const PlainWord = createToken({
  name: 'PlainWord',
  // The class is one greedy loop without alternatives, so the matcher keeps no state per character.
  pattern: /[^ \t\r\n;{}"'#\\][^ \t\r\n;{\\]*(?=[ \t\r\n;]|(?<!\$)\{|(?![^]))/,
  categories: [Word],
  start_chars_hint: bareStarts,
  line_breaks: false,
});

/** A word without quotes that holds an escape or `${`. */
export const BareWord = createToken({
  name: 'BareWord',
  pattern: (text, offset) => [text.slice(offset, scanBareWord(text, offset))],
  categories: [Word],
  start_chars_hint: bareStarts,
  line_breaks: true,
});

/** A quote that is not closed within so many bytes counts as open: nginx does not take a word of 4 KB. */
export const longestQuote = 1 << 14;

/** A quoted word with its quotes. */
export const QuotedWord = createToken({
  name: 'QuotedWord',
  pattern: (text, offset) => {
    const end = scanQuoted(text, offset, offset + longestQuote);
    return end !== -1 && isAfterQuote(text.charCodeAt(end)) ? [text.slice(offset, end)] : null;
  },
  categories: [Word],
  start_chars_hint: ['"', "'"],
  line_breaks: true,
});

/** A quoted word within one line with something directly behind its closing quote: `"a"b`. */
export const UnseparatedQuote = createToken({
  name: 'UnseparatedQuote',
  pattern: (text, offset) => {
    const end = scanQuoted(text, offset, offset + longestQuote);
    if (end === -1) return null;
    const image = text.slice(offset, end);
    return image.includes('\n') ? null : [image];
  },
  categories: [Word],
  start_chars_hint: ['"', "'"],
  line_breaks: false,
});

/**
 * A quote that is never closed, or closed lines below where something else was meant to begin. It is taken to end
 * with its line, before a `;` or `{` there.
 */
export const OpenQuote = createToken({
  name: 'OpenQuote',
  pattern: (text, offset) => {
    const lineEnd = text.indexOf('\n', offset);
    const line = text.slice(offset, lineEnd === -1 ? text.length : lineEnd).trimEnd();
    return [line.length > 1 ? line.replace(/[ \t]*[;{]$/, '') : line];
  },
  categories: [Word],
  start_chars_hint: ['"', "'"],
  line_breaks: false,
});

const rawName = /_by_lua_block["']?$/;

/** The first word of the directive that the tokens read so far end with. */
function directiveName(tokens: readonly IToken[]): IToken | undefined {
  let first: IToken | undefined;
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index]!;
    if (isTerminator(token)) break;
    first = token;
  }
  return first;
}

function luaBody(closed: boolean): CustomPatternMatcherFunc {
  return (text, offset, tokens) => {
    const name = directiveName(tokens);
    if (name === undefined || !rawName.test(name.image)) return null;
    const { end } = scanLuaBody(text, offset);
    if (end === -1) return closed ? null : [text.slice(offset)];
    return closed ? [text.slice(offset, end)] : null;
  };
}

/** `{ … }` behind a name that ends in `_by_lua_block`: Lua source, in which nginx's own rules do not hold. */
export const LuaBody = createToken({
  name: 'LuaBody',
  label: '{ Lua }',
  pattern: luaBody(true),
  start_chars_hint: ['{'],
  line_breaks: true,
});

/** A Lua body that the text ends in. */
export const OpenLuaBody = createToken({
  name: 'OpenLuaBody',
  label: '{ Lua, not closed',
  pattern: luaBody(false),
  start_chars_hint: ['{'],
  line_breaks: true,
});

export const LeftBrace = createToken({ name: 'LeftBrace', label: '{', pattern: '{' });
export const RightBrace = createToken({ name: 'RightBrace', label: '}', pattern: '}' });
export const Semicolon = createToken({ name: 'Semicolon', label: ';', pattern: ';' });

export const WhiteSpace = createToken({
  name: 'WhiteSpace',
  pattern: /[ \t\r\n]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});

/** From `#` at the start of a word to the end of the line. */
export const Comment = createToken({
  name: 'Comment',
  pattern: /#[^\n]*/,
  group: 'comments',
  start_chars_hint: ['#'],
  line_breaks: false,
});

/** Whether a statement ends with this token, or a block begins. */
export function isTerminator(token: IToken): boolean {
  const type = token.tokenType;
  return (
    type === PlainStatements ||
    type === Semicolon ||
    type === LeftBrace ||
    type === RightBrace ||
    type === LuaBody
  );
}

/** In the order in which the lexer tries them. */
export const tokenTypes: TokenType[] = [
  WhiteSpace,
  PlainStatements,
  PlainWord,
  Semicolon,
  LuaBody,
  OpenLuaBody,
  LeftBrace,
  RightBrace,
  QuotedWord,
  UnseparatedQuote,
  OpenQuote,
  BareWord,
  Comment,
  Word,
];
