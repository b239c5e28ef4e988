import { expect, it } from 'vitest';
import { parseFile } from '../../src/1-syntax/parse.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const parsed = (text: string) => parseFile(new SourceFile('nginx.conf', text)).items;

it('a directive has its words with their places, whether they are kept or made when asked for', () => {
  const [plain, quoted] = parsed('set  $a\n  b ;\nset "$a" b;');
  expect(plain!.args.map(({ start, end, value, quote }) => [start, end, value, quote])).toEqual([
    [5, 7, '$a', ''],
    [10, 11, 'b', ''],
  ]);
  expect([plain!.keyword, plain!.name.end, plain!.wordsEnd, plain!.terminatorAt, plain!.end]).toEqual([
    'set',
    3,
    11,
    12,
    13,
  ]);
  expect(quoted!.args[0]).toMatchObject({ start: 18, end: 22, value: '$a', quote: '"' });
  expect([plain!.values, quoted!.values]).toEqual([
    ['$a', 'b'],
    ['$a', 'b'],
  ]);
});

it('directives that are written alike share the array of their values', () => {
  const [one, other, third] = parsed('set $a b; set $a b; set $a c;');
  expect(one!.values).toBe(other!.values);
  expect(third!.values).toEqual(['$a', 'c']);
});

it('what is special to a kind of block follows from its words', () => {
  const [location, map, upstream] = parsed('location ~ ^/a { } map $a $b { } upstream u { }');
  expect(location).toMatchObject({ type: 'location', modifier: '~', pattern: '^/a' });
  expect(map!.type === 'map' && [map!.source?.value, map!.variable?.value]).toEqual(['$a', '$b']);
  expect(upstream!.type === 'upstream' && upstream!.upstreamName?.value).toBe('u');
});

it('the tree is written to JSON whole, but for the file', () => {
  const items = parsed('http { set $a "b"; }\naccess_by_lua_block { x }');
  expect(JSON.parse(JSON.stringify(items))).toMatchObject([
    {
      type: 'http',
      name: { start: 0, end: 4, value: 'http', quote: '' },
      args: [],
      terminator: '{',
      block: {
        open: 5,
        close: 19,
        items: [
          {
            type: 'simple',
            start: 7,
            end: 18,
            args: [
              { start: 11, end: 13, value: '$a', quote: '' },
              { start: 14, end: 17, value: 'b', quote: '"' },
            ],
            terminator: ';',
            block: null,
          },
        ],
      },
    },
    { type: 'raw', body: { text: ' x ' } },
  ]);
  expect(JSON.stringify(items)).not.toContain('nginx.conf');
});
