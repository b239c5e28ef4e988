import { describe, expect, test } from 'vitest';
import type { Directive, ParsedFile } from '../../src/1-syntax/ast.ts';
import { parseFile } from '../../src/1-syntax/parse.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import recorded from './recorded-nginx-1.22.1.json' with { type: 'json' };

/**
 * What nginx 1.22.1 said of files that `include` read: [text, message or "ok", line]. A piece of the text that is a
 * pair is repeated. Messages about directives stand for "read until here without a complaint of the tokenizer".
 */
type Case = [text: (string | [string, number])[], message: string, line: number | null];

const known = new Set(['events', 'http', 'server', 'location', 'listen', 'user', 'content_by_lua_block']);

function* inOrder(items: readonly Directive[]): Generator<Directive> {
  for (const item of items) {
    yield item;
    if (item.block !== null) yield* inOrder(item.block.items);
  }
}

/** The first complaint, with directives outside `known` refused and one file's worth of context ignored. */
function firstComplaint({ file, items, problems }: ParsedFile): [string, number | null] {
  const problem = problems[0];
  for (const { name, terminatorAt, args } of inOrder(items)) {
    if (problem !== undefined && problem.from <= terminatorAt) break;
    const line = file.lineAt(terminatorAt);
    const shown = name.value.replace(/\0[^]*/, '');
    if (!known.has(name.value)) return [`unknown directive "${shown}"`.slice(0, 1024), line];
    if (name.value === 'user') return [`getpwnam("${args[0]!.value}") failed`.slice(0, 1024), line];
  }
  return problem === undefined ? ['ok', null] : [problem.message, file.lineAt(problem.at)];
}

const cases = (recorded as Case[]).map(([pieces, message, line]) => ({
  text: pieces.map((piece) => (typeof piece === 'string' ? piece : piece[0].repeat(piece[1]))).join(''),
  message,
  line,
}));

describe('what nginx 1.22.1 says, with its line', () => {
  test.each(cases)('case %$', ({ text, message, line }) => {
    const [said, at] = firstComplaint(parseFile(new SourceFile('t.conf', text)));
    expect({ message: said.replace(/ \(\d+: .*\)$/, ''), line: at }).toEqual({
      message: message.replace(/ \(\d+: .*\)$/, ''),
      line,
    });
  });
});
