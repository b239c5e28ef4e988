import { describe, expect, test } from 'vitest';
import type { SyntaxProblem } from '../../src/1-syntax/ast.ts';
import { parseFile } from '../../src/1-syntax/parse.ts';
import { applyEdits } from '../../src/diagnostics/edits.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const good = `http {
    # backends
    upstream b {
        server 127.0.0.1:81;
    }
    server {
        listen 80;
        location / {
            add_header X "a b";
            proxy_pass http://b;
        }
        location /x {
            return 200 "ok";
        }
    }
}
`;

/** The one problem of `good` with the first `part` behind `after` replaced. */
function broken(
  after: string,
  part: string,
  by: string,
): { text: string; file: SourceFile; found: SyntaxProblem } {
  const at = good.indexOf(part, good.indexOf(after) + after.length);
  const text = good.slice(0, at) + by + good.slice(at + part.length);
  const file = new SourceFile('t.conf', text);
  const { problems } = parseFile(file);
  expect(problems.map(({ message }) => message)).toHaveLength(1);
  return { text, file, found: problems[0]! };
}

test('the unbroken text has no problem', () => {
  expect(parseFile(new SourceFile('t.conf', good)).problems).toEqual([]);
});

describe('one mistake costs one problem, whose fix mends it', () => {
  test.each([
    ['a missing ";" before "}"', 'return 200', '"ok";', '"ok"', 'unexpected "}"', 13],
    ['a superfluous ";" before "{"', 'location /x', ' {', '; {', 'unexpected "{"', 12],
    ['a second ";"', 'listen', ' 80;', ' 80;;', 'unexpected ";"', 7],
    ['a second "{"', 'location /', ' {', ' {{', 'unexpected "{"', 8],
    [
      'a missing "}" of a location',
      'proxy_pass http://b;\n',
      '        }\n',
      '',
      'unexpected end of file, expecting "}"',
      8,
    ],
    ['a missing "}" of an upstream', '81;\n', '    }\n', '', 'unexpected end of file, expecting "}"', 3],
    ['a missing last "}"', '        }\n    }\n', '}\n', '', 'unexpected end of file, expecting "}"', 1],
    ['a second "}"', 'http://b;\n', '        }\n', '        }\n        }\n', 'unexpected "}"', 12],
    ['a missing "{"', 'location /x', ' {', '', 'unexpected "}"', 12],
    ['a missing closing quote', '"a b', '";', ';', 'unexpected "o"', 9],
    ['a missing last closing quote', '"ok', '";', ';', 'unexpected end of file, expecting ";" or "}"', 13],
    ['a "}" glued to a word', '127.0.0.1:81', ';\n    }', '}', 'unexpected end of file, expecting "}"', 4],
  ])('%s', (_, after, part, by, message, line) => {
    const { text, file, found } = broken(after, part, by);
    expect({ message: found.message, line: file.lineAt(found.span.start) }).toEqual({ message, line });
    expect(found.fix).not.toBeNull();
    const { at, remove, insert } = found.fix!;
    const mended = applyEdits(text, [{ start: at, end: at + remove, text: insert }]);
    expect(parseFile(new SourceFile('t.conf', mended)).problems).toEqual([]);
  });
});

test('what follows a mistake is read', () => {
  const { items } = parseFile(new SourceFile('t.conf', 'a "x;\nb "y" { c }\n;;d;\n'));
  expect(items.map(({ name }) => name.value)).toEqual(['a', 'b', 'd']);
});

test('blocks are doubtful from where a brace seems wrong', () => {
  const { text, found } = broken('proxy_pass http://b;\n', '        }\n', '');
  expect(text.slice(found.doubtFrom!)).toMatch(/^location \/x/);
});
