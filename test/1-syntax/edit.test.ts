import { describe, expect, test } from 'vitest';
import type { BlockDirective, Directive } from '../../src/1-syntax/ast.ts';
import {
  insertAfter,
  insertAtEnd,
  insertAtStart,
  insertBefore,
  removeDirective,
  replaceWord,
} from '../../src/1-syntax/edit.ts';
import { parseFile } from '../../src/1-syntax/parse.ts';
import type { Edit } from '../../src/diagnostics/diagnostic.ts';
import { applyEdits } from '../../src/diagnostics/edits.ts';
import { SourceFile } from '../../src/text/source-file.ts';

/** The text after one edit of the directive found by its name. */
function edited(text: string, name: string, edit: (found: Directive) => Edit): string {
  const find = (items: readonly Directive[]): Directive | undefined => {
    for (const item of items) {
      if (item.name.value === name) return item;
      const inner = item.block === null ? undefined : find(item.block.items);
      if (inner !== undefined) return inner;
    }
    return undefined;
  };
  const found = find(parseFile(new SourceFile('t.conf', text)).items);
  if (found === undefined) throw new Error(`no ${name} in ${text}`);
  return applyEdits(text, [edit(found)]);
}

describe('edits keep comments and layout', () => {
  test('insert after a directive, behind the comment on its line', () => {
    expect(edited('a {\n  b; # why\n  c;\n}\n', 'b', (b) => insertAfter(b, ['x;', 'y;']))).toBe(
      'a {\n  b; # why\n  x;\n  y;\n  c;\n}\n',
    );
  });

  test('insert after a directive within a line', () => {
    expect(edited('a { b; c; }', 'b', (b) => insertAfter(b, ['x;']))).toBe('a { b; x; c; }');
  });

  test('insert after a directive that another follows on its line', () => {
    expect(edited('a {\n  b; c;\n}', 'b', (b) => insertAfter(b, ['x;']))).toBe('a {\n  b;\n  x; c;\n}');
  });

  test('insert before a directive, with the file’s line ends', () => {
    expect(edited('a {\r\n\tb;\r\n}\r\n', 'b', (b) => insertBefore(b, ['x;']))).toBe(
      'a {\r\n\tx;\r\n\tb;\r\n}\r\n',
    );
  });

  test.each([
    ['a {}\n', 'a {\n    x;\n}\n'],
    ['  a { }\n', '  a {\n      x;\n  }\n'],
    ['a {\n}\n', 'a {\n    x;\n}\n'],
    ['a {\n  # c\n}\n', 'a {\n  # c\n    x;\n}\n'],
    ['a {\n\tb;\n}\n', 'a {\n\tb;\n\tx;\n}\n'],
    ['a { b; }\n', 'a { b; x; }\n'],
    ['z { a {} }\n', 'z { a { x; } }\n'],
    ['a {\n  b { c; }\n}', 'a {\n  b { c; }\n  x;\n}'],
  ])('append to the block of %j', (text, expected) => {
    expect(edited(text, 'a', (a) => insertAtEnd(a as BlockDirective, ['x;']))).toBe(expected);
  });

  test.each([
    ['a {}\n', 'a {\n    x;\n}\n'],
    ['a { # c\n  b;\n}\n', 'a {\n  x; # c\n  b;\n}\n'],
    ['a { b; }', 'a { x; b; }'],
    ['a {\n  b;\n}\n', 'a {\n  x;\n  b;\n}\n'],
  ])('prepend to the block of %j', (text, expected) => {
    expect(edited(text, 'a', (a) => insertAtStart(a as BlockDirective, ['x;']))).toBe(expected);
  });

  test('remove a directive with its line', () => {
    expect(edited('a {\n  b;\n  c;\n}\n', 'b', removeDirective)).toBe('a {\n  c;\n}\n');
    expect(edited('a { b; c; }\n', 'b', removeDirective)).toBe('a {  c; }\n');
    expect(edited('b; # why\nc;\n', 'b', removeDirective)).toBe(' # why\nc;\n');
  });

  test('replace a word, quoting it where that is needed', () => {
    const value = (to: string) => (found: Directive) => replaceWord(found.file, found.args[0]!, to);
    expect(edited("b 'x y';\n", 'b', value('$http_upgrade'))).toBe('b $http_upgrade;\n');
    expect(edited('b x;\n', 'b', value('a b'))).toBe('b "a b";\n');
    expect(edited('b x;\n', 'b', value(''))).toBe('b "";\n');
  });
});
