import type { EngineContext } from '../../context.ts';
import type { Exchange } from '../../proxy/exchange.ts';
import type { ResponseHead } from '../../proxy/parse-response.ts';
import type { Request } from '../../request.ts';
import type { CgiHeaders } from '../cgi-head.ts';
import { cgiStatus, readCgiHeaders } from '../cgi-head.ts';
import { headSize, readRecordHead, recordHead, recordTypes, stderrText } from './records.ts';

/** The content of a record on stdout: `length` bytes at `start` of what has come so far; `rest` more belong to it. */
interface Piece {
  readonly start: number;
  readonly length: number;
  readonly rest: number;
  readonly padding: number;
}

/**
 * Reads the head of an answer out of the records that have come (ngx_http_fastcgi_process_header). Null: it is not complete; a text:
 * nginx calls it invalid. What stands on stderr goes to the error log.
 */
export function readFastcgiHead(
  cx: EngineContext,
  request: Request,
  exchange: Exchange,
  bytes: string,
): ResponseHead | string | null {
  const pieces: Piece[] = [];
  let text = '';
  let at = 0;
  let skipped = 0;
  while (at + headSize <= bytes.length) {
    const from = at;
    const record = readRecordHead((index) => bytes.charCodeAt(from + index));
    if (typeof record === 'string') return record;
    const { type, size, padding } = record;
    const start = at + headSize;
    const content = bytes.slice(start, start + size);
    if (type === recordTypes.endRequest) return `upstream sent unexpected FastCGI record: ${type}`;
    if (type === recordTypes.stderr) {
      skipped += headSize + content.length;
      if (skipped > exchange.skipped) {
        exchange.headLimit += skipped - exchange.skipped;
        exchange.skipped = skipped;
      }
      if (content.length < size) break;
      if (start > exchange.stderrEnd && size > 0) {
        exchange.stderrEnd = start;
        const message = stderrText(content);
        cx.world.log('error', `FastCGI sent in stderr: "${message}"`, request);
        const { fastcgi_catch_stderr: caught } = request.location.fastcgi;
        if (caught.some((each) => message.includes(each))) return '';
      }
    } else {
      if (size === 0) return 'upstream prematurely closed FastCGI stdout';
      pieces.push({ start, length: content.length, rest: size - content.length, padding });
      text += content;
      const head = readCgiHeaders(text);
      if (typeof head === 'string') return head;
      if (head !== null) {
        // A cache keeps the head as one record, whatever it came in and between.
        if (exchange.entry !== null)
          exchange.rawHead = recordHead(recordTypes.stdout, head.end) + text.slice(0, head.end);
        return finishHead(cx, exchange, head, pieces, text.length);
      }
    }
    at = start + size + padding;
  }
  return null;
}

/** Status and place of the body; the rest of the record that the head ended in is the beginning of the body. */
function finishHead(
  cx: EngineContext,
  exchange: Exchange,
  { headers, end }: CgiHeaders,
  pieces: readonly Piece[],
  length: number,
): ResponseHead | string {
  const last = pieces.at(-1)!;
  const beyond = length - end;
  exchange.records = { type: recordTypes.stdout, left: last.rest + beyond, padding: last.padding };
  const status = cgiStatus(headers, cx.rules.reasonAdded);
  if (typeof status === 'string') return status;
  return { ...status, modern: true, headers, end: last.start + last.length - beyond };
}
