import { describe, expect, test } from 'vitest';
import { decodeBytes, encodeBytes, SourceFile } from '../../src/text/source-file.ts';

describe('SourceFile', () => {
  const file = new SourceFile('t.conf', encodeBytes('a\r\nüb c\n\nd'));

  test('lines end at line feeds alone', () => {
    expect([1, 2, 3, 4, 5].map((line) => file.lineStart(line))).toEqual([0, 3, 9, 10, 11]);
    expect([4, 5].map((line) => file.hasLine(line))).toEqual([true, false]);
    expect([1, 2, 3, 4, 5].map((line) => file.lineText(line))).toEqual([
      'a',
      encodeBytes('üb c'),
      '',
      'd',
      '',
    ]);
  });

  test('the line of an offset is the one that holds its byte', () => {
    expect([0, 1, 2, 3, 8, 9, 10, 11].map((offset) => file.lineAt(offset))).toEqual([1, 1, 1, 2, 2, 3, 4, 4]);
  });

  test('columns count characters, not bytes', () => {
    expect(file.positionAt(3)).toEqual({ line: 2, column: 1 });
    expect(file.positionAt(5)).toEqual({ line: 2, column: 2 });
    expect(file.positionAt(10)).toEqual({ line: 4, column: 1 });
  });

  test('an empty file has one line', () => {
    const empty = new SourceFile('t.conf', '');
    expect([empty.lineAt(0), empty.lineText(1), empty.positionAt(0)]).toEqual([
      1,
      '',
      { line: 1, column: 1 },
    ]);
  });
});

describe('bytes and text', () => {
  test.each(['plain', 'ünï', '日本', '😀', ''])('%s survives encoding and decoding', (text) => {
    expect(decodeBytes(encodeBytes(text))).toBe(text);
    expect(encodeBytes(text)).toMatch(/^[\x00-\xff]*$/);
  });

  test('what is not UTF-8 is shown byte by byte', () => {
    expect(decodeBytes('a\xff')).toBe('aÿ');
  });
});
