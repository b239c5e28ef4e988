/** FastCGI's records, as byte strings (fast-cgi 1.0 section 3.3; in nginx: ngx_http_fastcgi_module.c). There is one request on a connection, number 1. */

export const recordTypes = {
  beginRequest: 1,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
  stderr: 7,
} as const;

/** Bytes in front of a record's content. */
export const headSize = 8;
/** nginx sends bodies in records of at most this many bytes. */
export const longestContent = 32_768;
/** The largest content that a record can have. */
export const mostContent = 65_535;

const byte = (value: number): string => String.fromCharCode(value & 0xff);
const version = byte(1);
const requestId = '\0\x01';
const responder = '\0\x01';

/** Zero bytes that make a content's length a multiple of eight. */
export function padding(size: number): number {
  return (8 - (size % 8)) % 8;
}

/** The eight bytes in front of `size` bytes of content, which {@link padding} follows. */
export function recordHead(type: number, size: number): string {
  return version + byte(type) + requestId + byte(size >> 8) + byte(size) + byte(padding(size)) + '\0';
}

/** A whole record. */
export function record(type: number, content: string): string {
  return recordHead(type, content.length) + content + '\0'.repeat(padding(content.length));
}

/** The first record of a request. */
export function beginRequest(keepConnection: boolean): string {
  return record(recordTypes.beginRequest, `${responder}${byte(keepConnection ? 1 : 0)}\0\0\0\0\0`);
}

/** A name and a value, each with its length in front. */
export function nameValue(name: string, value: string): string {
  return lengthOf(name) + lengthOf(value) + name + value;
}

function lengthOf({ length }: string): string {
  return length > 127
    ? byte((length >> 24) | 0x80) + byte(length >> 16) + byte(length >> 8) + byte(length)
    : byte(length);
}

/** The head of a record that the other side sent. */
export interface RecordHead {
  readonly type: number;
  readonly size: number;
  readonly padding: number;
}

/** Reads the eight bytes of a record's head, `at(0)` to `at(7)`; a text when nginx refuses it (ngx_http_fastcgi_process_record). */
export function readRecordHead(at: (index: number) => number): RecordHead | string {
  if (at(0) !== 1) return `upstream sent unsupported FastCGI protocol version: ${at(0)}`;
  const type = at(1);
  if (type !== recordTypes.stdout && type !== recordTypes.stderr && type !== recordTypes.endRequest)
    return `upstream sent invalid FastCGI record type: ${type}`;
  if (at(2) !== 0) return `upstream sent unexpected FastCGI request id high byte: ${at(2)}`;
  if (at(3) !== 1) return `upstream sent unexpected FastCGI request id low byte: ${at(3)}`;
  return { type, size: at(4) * 256 + at(5), padding: at(6) };
}

/** What of a message on stderr is worth a log line: no line ends, dots and spaces at its end (ngx_http_fastcgi_process_header). */
export function stderrText(bytes: string): string {
  // A pattern would try every run of spaces in the message anew: programs print what clients sent.
  let end = bytes.length;
  while (end > 1 && '\r\n. '.includes(bytes[end - 1]!)) end--;
  return bytes.slice(0, end);
}
