import { describe, expect, test } from 'vitest';
import { parseFile } from '../../src/1-syntax/parse.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const parse = (text: string) => parseFile(new SourceFile('t.conf', text));

describe('what no one writes by hand is read in time that grows like the text', () => {
  test('a statement of megabytes is read whole', () => {
    const names = Array.from({ length: 120_000 }, (_, index) => `n${index}.example`);
    const { items, problems } = parse(`events {} http { server { server_name ${names.join(' ')}; } }`);
    expect(problems).toEqual([]);
    expect(items[1]!.block!.items[0]!.block!.items[0]!.args).toHaveLength(names.length);
  });

  test('words that nothing ends are one mistake', () => {
    const { problems } = parse('a '.repeat(1_000_000));
    expect(problems.map(({ message }) => message)).toEqual(['unexpected end of file, expecting ";" or "}"']);
  });

  test('a word of megabytes is not repeated in what is said of it', () => {
    const { problems } = parse('\\'.repeat(2_000_000));
    expect(problems.every(({ detail }) => detail.length < 200)).toBe(true);
  });

  test.each(['}', 'a{'])('many blocks on one line and a brace that does not fit: %j', (last) => {
    expect(parse('a{}'.repeat(200_000) + last).problems).toHaveLength(1);
  });
});
