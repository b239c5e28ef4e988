import type { EngineContext } from '../context.ts';
import { headerRefused, takeHeaderLine } from '../http/headers.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { ResponseHead } from '../proxy/parse-response.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
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
      const head = readHeaders(text);
      if (typeof head === 'string') return head;
      if (head !== null) {
        // A cache keeps the head as one record, whatever it came in and between.
        if (exchange.entry !== null)
          exchange.rawHead = recordHead(recordTypes.stdout, head.end) + text.slice(0, head.end);
        return finishHead(exchange, head, pieces, text.length);
      }
    }
    at = start + size + padding;
  }
  return null;
}

interface Headers {
  readonly headers: string[];
  /** Offset after the empty line. */
  readonly end: number;
}

function readHeaders(text: string): Headers | string | null {
  const headers: string[] = [];
  const zero = text.indexOf('\0');
  for (let at = 0; ;) {
    const end = text.indexOf('\n', at);
    if (end === -1) return null;
    const line = text.slice(at, end);
    if (line === '' || line === '\r') return { headers, end: end + 1 };
    if (takeHeaderLine(headers, text, at, end, true, zero) === headerRefused)
      return `upstream sent invalid header: "${line.replace(/\r$/, '')}"`;
    at = end + 1;
  }
}

/** Status and place of the body; the rest of the record that the head ended in is the beginning of the body. */
function finishHead(
  exchange: Exchange,
  { headers, end }: Headers,
  pieces: readonly Piece[],
  length: number,
): ResponseHead | string {
  const last = pieces.at(-1)!;
  const beyond = length - end;
  exchange.records = { type: recordTypes.stdout, left: last.rest + beyond, padding: last.padding };
  const status = header(headers, 'status');
  const code = status === undefined ? 0 : Number(/^\d{3}/.exec(status)?.[0] ?? -1);
  if (code === -1) return `upstream sent invalid status "${status}"`;
  const redirects = header(headers, 'location') !== undefined;
  return {
    status: code !== 0 ? code : redirects ? 302 : 200,
    statusLine:
      code === 0 ? (redirects ? '302 Moved Temporarily' : '200 OK') : status!.length > 3 ? status! : '',
    modern: true,
    headers,
    end: last.start + last.length - beyond,
  };
}
