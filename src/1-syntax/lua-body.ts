import { scanLuaBody } from '../../grammar/scan.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { SyntaxProblem, Word } from './ast.ts';
import { problem } from './problem.ts';

/** What the Lua module says of a body whose `}` is missing (ngx_http_lua_directive.c). @param open offset of `{`. */
export function unclosedLua({ text }: SourceFile, name: Word, open: number): SyntaxProblem {
  const span = { start: name.start, end: open + 1 };
  const { lastOpen, openBracket } = scanLuaBody(text, open);
  if (openBracket !== -1) {
    const bracket = text.slice(openBracket, text.indexOf('[', openBracket + 1) + 1);
    const closing = bracket.replaceAll('[', ']');
    const message = `Lua code block missing the closing long bracket "${closing}", the inlined Lua code may be too long`;
    const place = {
      at: openBracket,
      from: open,
      span: { start: openBracket, end: openBracket + bracket.length },
    };
    return problem('nginx/unclosed-lua', message, place, {
      detail: `The bracket in "${name.value}" is never closed.`,
    });
  }
  const message = 'unexpected end of file, expecting terminating characters for lua code block';
  const detail = `The "}" that ends "${name.value}" is missing.`;
  return problem('nginx/unclosed-lua', message, { at: lastOpen, from: open, span }, { detail });
}
