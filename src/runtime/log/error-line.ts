import { twoDigits } from '../../engine/algorithms/calendar.ts';
import type { LogLevel } from '../../engine/api.ts';

/** nginx's levels in order; a log of level `n` takes messages of levels up to `n` (ngx_log.h). */
export const levelNumbers: Readonly<Record<LogLevel, number>> = {
  emerg: 1,
  alert: 2,
  crit: 3,
  error: 4,
  warn: 5,
  notice: 6,
  info: 7,
  debug: 8,
};

/** The longest line of an error log, its line feed included (NGX_MAX_ERROR_STR). */
const maxLine = 2048;

/** `2026/11/22 16:05:09` in local time. */
export function errorLogTime(at: Date): string {
  return (
    `${at.getFullYear()}/${twoDigits(at.getMonth() + 1)}/${twoDigits(at.getDate())} ` +
    `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}`
  );
}

/**
 * A line as nginx writes it: `2026/11/22 16:05:09 [error] 7#7: *3 text`, cut at 2048 bytes, with its line feed.
 * Node has one thread to tell of: the second number repeats the first, as in an nginx without threads.
 *
 * @param connection the number of the client's connection; 0 = the message belongs to none
 */
export function errorLine(
  time: string,
  level: LogLevel,
  pid: number,
  connection: number,
  text: string,
): string {
  const line = `${time} [${level}] ${pid}#${pid}: ${connection > 0 ? `*${connection} ` : ''}${text}`;
  return `${line.length < maxLine ? line : shortened(line).slice(0, maxLine - 1)}\n`;
}

/** ngx_log_errno: where a message leaves less than 50 bytes for what the system said, that takes the place of the message's end. */
function shortened(line: string): string {
  const error = / \(\d+: [^()]+\)(?= while |, client: |$)/.exec(line);
  const room = maxLine - 50;
  return error === null || error.index <= room ? line : `${line.slice(0, room)}...${line.slice(error.index)}`;
}

/** What nginx appends to a message about a request (ngx_http_log_error, ngx_http_log_error_handler). */
export interface RequestContext {
  readonly client: string;
  /** The connection's listening address, said while there is no request yet. */
  readonly listening?: string;
  /** What was going on: `reading client request line`; said as ` while …`. */
  readonly action?: string | null;
  readonly server?: string | null;
  readonly requestLine?: string | null;
  readonly subrequest?: string | null;
  /** `http://127.0.0.1:8081/uri`. */
  readonly upstream?: string | null;
  readonly host?: string | null;
  readonly referrer?: string | null;
}

/** The tail of a message about a request: ` while …, client: …, server: …, request: "…", …`. */
export function requestContext(context: RequestContext): string {
  const { action, listening, server, requestLine, subrequest, upstream, host, referrer } = context;
  let text = action ? ` while ${action}` : '';
  text += `, client: ${context.client}`;
  if (server === undefined || server === null) {
    return listening === undefined ? text : `${text}, server: ${listening}`;
  }
  text += `, server: ${server}`;
  if (requestLine) text += `, request: "${requestLine}"`;
  if (subrequest) text += `, subrequest: "${subrequest}"`;
  if (upstream) text += `, upstream: "${upstream}"`;
  if (host !== undefined && host !== null) text += `, host: "${host}"`;
  if (referrer !== undefined && referrer !== null) text += `, referrer: "${referrer}"`;
  return text;
}
