import fc from '../property.ts';
import { describe, expect, test } from 'vitest';
import type { Directive, ParsedFile } from '../../src/1-syntax/ast.ts';
import { parseFile } from '../../src/1-syntax/parse.ts';
import { printFile } from '../../src/1-syntax/print.ts';
import { SourceFile } from '../../src/text/source-file.ts';

function parse(text: string): ParsedFile {
  return parseFile(new SourceFile('t.conf', text));
}

/** Any bytes. */
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));

/** What a configuration is made of, in any order. */
const soup = fc
  .array(
    fc.constantFrom(
      ...[
        'server',
        'a',
        '$x',
        '${',
        '{',
        '{',
        '}',
        '}',
        ';',
        ';',
        ' ',
        '\n',
        '\t',
        '"',
        "'",
        '\\',
        '#',
        '#c\n',
        ')',
      ],
      ...[
        '"q"',
        "'q'",
        'x_by_lua_block',
        ' x_by_lua_block {',
        '[[',
        ']]',
        '--',
        '\0',
        '\r\n',
        'a;',
        'b {',
        '\n}\n',
      ],
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

const anyText = fc.oneof(bytes, soup);

function check(parsed: ParsedFile): void {
  const { text } = parsed.file;
  let at = 0;
  const advance = (start: number, end: number): void => {
    expect(start).toBeGreaterThanOrEqual(at);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
    at = end;
  };
  const directive = (item: Directive): void => {
    expect(item.start).toBe(item.name.start);
    for (const word of [item.name, ...item.args]) advance(word.start, word.end);
    if (item.terminator !== '') {
      expect(text[item.terminatorAt]).toBe(item.terminator);
      advance(item.terminatorAt, item.terminatorAt + 1);
    }
    if (item.block !== null) {
      expect(item.block.open).toBe(item.terminatorAt);
      item.block.items.forEach(directive);
      if (item.block.close !== null) {
        expect(text[item.block.close]).toBe('}');
        advance(item.block.close, item.block.close + 1);
      }
    }
    if (item.type === 'raw') advance(item.body.start, item.body.end);
    expect(item.end).toBeGreaterThanOrEqual(at);
  };
  parsed.items.forEach(directive);
  let last = 0;
  for (const { start, end } of parsed.comments) {
    expect(text[start]).toBe('#');
    expect(start).toBeGreaterThanOrEqual(last);
    last = end;
  }
  let from = 0;
  for (const problem of parsed.problems) {
    expect(problem.from).toBeGreaterThanOrEqual(from);
    from = problem.from;
    expect(problem.at).toBeLessThanOrEqual(text.length);
    expect(problem.span.start).toBeLessThanOrEqual(problem.span.end);
    expect(problem.span.end).toBeLessThanOrEqual(text.length);
  }
}

describe('whatever the bytes', () => {
  test('there is a tree whose offsets are in order, and it prints as the same text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parse(text);
        check(parsed);
        expect(printFile(parsed)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('a prefix of pieces does not change what a statement means', () => {
    // The lexer reads 64 KB at a time; statements across that edge must come out alike.
    const filler = `# ${'x'.repeat(61)}\n`.repeat(1 << 10);
    const shape = ({ items, problems }: ParsedFile, shift: number): unknown =>
      JSON.parse(
        JSON.stringify(
          [items, problems.map(({ message, at }) => ({ message, at }))],
          (key, value: unknown) =>
            key === 'file' || key === 'span' || key === 'fix'
              ? undefined
              : typeof value === 'number'
                ? value - shift
                : value,
        ),
      );
    fc.assert(
      fc.property(soup, fc.nat(80), (text, cut) => {
        const before = filler.slice(Math.min(cut, 60)).replace(/^[^\n]*/, (line) => `#${line.slice(1)}`);
        expect(shape(parse(before + text), before.length)).toEqual(shape(parse(text), 0));
      }),
      { numRuns: 60, examples: [[';server\n}\n', 2]] },
    );
  });

  test('every mistake is told once: a file cut short has one problem', () => {
    const whole =
      'http {\n  server {\n    listen 80;\n    location / {\n      return 200 "ok";\n    }\n  }\n}\n';
    for (let length = 1; length < whole.length - 1; length++)
      expect([length, parse(whole.slice(0, length)).problems.length]).toEqual([length, 1]);
  });
});

describe('input of any size', () => {
  test.each([
    ['10 MB of {', '{'.repeat(1e7), 'unexpected "{"'],
    [
      'a million blocks inside each other',
      'a{'.repeat(1e6),
      'blocks are nested more than 200 levels deep; the rest of the file is not read',
    ],
    ['1 MB of }', '}'.repeat(1e6), 'unexpected "}"'],
    ['1 MB of ;', ';'.repeat(1e6), 'unexpected ";"'],
    ['one word of 1 MB', 'a'.repeat(1e6), 'too long parameter "aaaaaaaaaa..." started'],
    ['1 MB of backslashes', '\\'.repeat(1e6), 'too long parameter "\\\\\\\\\\\\\\\\\\\\..." started'],
    ['1 MB of quotes', '"'.repeat(1e6), 'unexpected """'],
    ['1 MB of $', '$'.repeat(1e6), 'too long parameter "$$$$$$$$$$..." started'],
    ['100,000 open quotes', '"a\n'.repeat(1e5), 'unexpected "a"'],
    [
      '50,000 open Lua bodies',
      'x_by_lua_block {\n'.repeat(5e4),
      'unexpected end of file, expecting terminating characters for lua code block',
    ],
  ])('%s', (_, text, message) => {
    const { problems } = parse(text);
    expect(problems[0]!.message).toBe(message);
    expect(problems.length).toBeLessThanOrEqual(1001);
  });

  test('a file of 100,000 lines', () => {
    const { items, problems } = parse('server { listen 80; }\n'.repeat(1e5));
    expect(items.length).toBe(1e5);
    expect(problems).toEqual([]);
  });
});
