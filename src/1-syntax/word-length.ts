import { isSpace } from '../../grammar/scan.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import type { SyntaxProblem, Word } from './ast.ts';
import { problem } from './problem.ts';

/** Size of the buffer in which nginx must hold a word or comment that it reads (NGX_CONF_BUFFER). */
const bufferSize = 4096;

/** No shorter word, and no shorter comment, can overflow nginx's buffer. */
export const shortestTooLong = bufferSize - 1;

/**
 * Whether nginx would ask for more of the file with its buffer full of a word that began at `start`: it has by then
 * consumed the word up to `end`, and a white space behind it, and there is more to read (ngx_conf_read_token).
 */
function overflows(text: string, start: number, end: number): boolean {
  const consumed = isSpace(text.charCodeAt(end)) ? end + 1 : end;
  return consumed - start >= bufferSize && start + bufferSize < text.length;
}

function started({ text }: SourceFile, start: number, span: Span): SyntaxProblem {
  const message = `too long parameter "${text.slice(start, start + 10)}..." started`;
  const detail = `nginx reads a word, or a comment, into a buffer of ${bufferSize} bytes.`;
  return problem('nginx/too-long-parameter', message, { at: span.start, from: span.start, span }, { detail });
}

/** What nginx says of a word that does not fit its buffer, or null. @param end behind the closing quote. */
export function longWord(file: SourceFile, { start, quote }: Word, end: number): SyntaxProblem | null {
  const { text } = file;
  const content = quote === '' ? start : start + 1;
  if (!overflows(text, content, end)) return null;
  const span = { start, end };
  if (quote === '' || end <= content + bufferSize) return started(file, content, span);
  const message = `too long parameter, probably missing terminating "${quote}" character`;
  return problem('nginx/too-long-parameter', message, { at: start, from: start, span });
}

/** The same for a comment, which ends at its line feed. */
export function longComment(file: SourceFile, span: Span): SyntaxProblem | null {
  const { start, end } = span;
  return end - start >= bufferSize && start + bufferSize < file.text.length
    ? started(file, start, span)
    : null;
}
