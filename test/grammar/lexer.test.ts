import { describe, expect, test } from 'vitest';
import { createLexer } from '../../grammar/lexer.ts';
import { ConfigurationParser } from '../../grammar/parser.ts';
import { lexPieces } from '../../grammar/pieces.ts';
import { Segmenter } from '../../grammar/segments.ts';

// Both constructors throw when their definitions are not sound.
const lexer = createLexer(true);
const parser = new ConfigurationParser(true);

/** `Type:image` of each token. */
function tokens(text: string): string[] {
  const { tokens, errors } = lexer.tokenize(text);
  expect(errors).toEqual([]);
  return tokens.map(({ tokenType, image }) => `${tokenType.name}:${image}`);
}

describe('tokens', () => {
  test.each([
    ['a b;', ['PlainStatements:a b;']],
    ['a}b;', ['PlainStatements:a}b;']],
    ['a b;\n c\td"e#f;\n', ['PlainStatements:a b;\n c\td"e#f;']],
    [
      'a { b; c; d } e;',
      [
        'PlainWord:a',
        'LeftBrace:{',
        'PlainStatements:b; c;',
        'PlainWord:d',
        'RightBrace:}',
        'PlainStatements:e;',
      ],
    ],
    [
      'a; b "c"; d;',
      ['PlainStatements:a;', 'PlainWord:b', 'QuotedWord:"c"', 'Semicolon:;', 'PlainStatements:d;'],
    ],
    ['a; b\\;c; d;', ['PlainStatements:a;', 'BareWord:b\\;c', 'Semicolon:;', 'PlainStatements:d;']],
    [
      'a; b ${c}; d;',
      ['PlainStatements:a;', 'PlainWord:b', 'BareWord:${c}', 'Semicolon:;', 'PlainStatements:d;'],
    ],
    [
      'a; # b;\nc; d # e;\nf;',
      ['PlainStatements:a;', 'PlainStatements:c;', 'PlainWord:d', 'PlainWord:f', 'Semicolon:;'],
    ],
    ['a;; b;', ['PlainStatements:a;', 'Semicolon:;', 'PlainStatements:b;']],
    ['a; b', ['PlainStatements:a;', 'PlainWord:b']],
    [`a; ${'b'.repeat(2000)};`, ['PlainStatements:a;', `PlainWord:${'b'.repeat(2000)}`, 'Semicolon:;']],
    ['a{', ['PlainWord:a', 'LeftBrace:{']],
    ['$a{', ['PlainWord:$a', 'LeftBrace:{']],
    ['a${b}c {', ['BareWord:a${b}c', 'LeftBrace:{']],
    ['a$ {', ['PlainWord:a$', 'LeftBrace:{']],
    ['a\\;b;', ['BareWord:a\\;b', 'Semicolon:;']],
    ['a"b c', ['PlainWord:a"b', 'PlainWord:c']],
    ['a#b #c', ['PlainWord:a#b']],
    [`"a b" 'c"'`, ['QuotedWord:"a b"', `QuotedWord:'c"'`]],
    ['"a\\"b";', ['QuotedWord:"a\\"b"', 'Semicolon:;']],
    ['"a")b', ['QuotedWord:"a"', 'PlainWord:)b']],
    ['"a"b', ['UnseparatedQuote:"a"', 'PlainWord:b']],
    ['"a;\nb', ['OpenQuote:"a', 'Semicolon:;', 'PlainWord:b']],
    ['"a;\nb "c";', ['OpenQuote:"a', 'Semicolon:;', 'PlainWord:b', 'QuotedWord:"c"', 'Semicolon:;']],
    ['"a\nb";', ['QuotedWord:"a\nb"', 'Semicolon:;']],
    ['a\r\n\tb', ['PlainWord:a', 'PlainWord:b']],
    ['a\fb\0\xff;', ['PlainStatements:a\fb\0\xff;']],
    ['\xef\xbb\xbfa;', ['PlainStatements:\xef\xbb\xbfa;']],
    ['x_by_lua_block {"}"}b', ['PlainWord:x_by_lua_block', 'LuaBody:{"}"}', 'PlainWord:b']],
    ['a x_by_lua_block {', ['PlainWord:a', 'PlainWord:x_by_lua_block', 'LeftBrace:{']],
    ['x_by_lua_block {', ['PlainWord:x_by_lua_block', 'OpenLuaBody:{']],
  ])('%j', (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });
});

test('pieces give the same tokens as the whole', () => {
  const text = Array.from(
    { length: 9000 },
    (_, index) => `name${index} "a;\n${index};\n" { b '{;'; x_by_lua_block {\n}} # c\n`,
  ).join('');
  const whole = lexer.tokenize(text);
  const pieces = [...lexPieces(lexer, text)];
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.some(({ abandoned }) => abandoned)).toBe(false);
  const flat = (kind: 'tokens' | 'comments') =>
    pieces.flatMap((piece) => piece[kind].map(({ image, startOffset }) => [piece.base + startOffset, image]));
  expect(flat('tokens')).toEqual(whole.tokens.map(({ image, startOffset }) => [startOffset, image]));
  expect(flat('comments')).toEqual(
    whole.groups.comments!.map(({ image, startOffset }) => [startOffset, image]),
  );
});

test('the parser takes every segment without an error', () => {
  for (const text of [
    'a; } b {',
    '{ } ; a }',
    'a { b { } c',
    '} } }',
    'a { b } c',
    'a; b; { c; d } e; f',
    '"x',
    'a { { } ; }',
  ]) {
    for (const { rule, tokens } of new Segmenter(200).cut(lexer.tokenize(text).tokens)) {
      parser.input = tokens;
      if (rule !== 'tooDeep') parser[rule]();
      expect(parser.errors).toEqual([]);
    }
  }
});
