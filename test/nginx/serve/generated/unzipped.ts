import { constants, gunzipSync } from 'node:zlib';

/** Answers with what compressed bodies unpack to in their place: the bytes depend on the zlib, and so do the pieces they come in. */
export function unzipped(bytes: string): string {
  let result = '';
  let at = 0;
  for (;;) {
    const found = /\r\ncontent-encoding: gzip\r\n/i.exec(bytes.slice(at));
    const start = found === null ? 3 : bytes.indexOf('\r\n\r\n', at + found.index) + 4;
    const head = bytes.slice(bytes.lastIndexOf('HTTP/1.1 ', start), start);
    if (found === null || start < 4) return result + bytes.slice(at);
    const { body, end } = bodyAt(bytes, start, head);
    result += bytes.slice(at, start) + (body.startsWith('\x1f\x8b') ? `<unzipped ${unpack(body)}>` : body);
    at = end;
  }
}

function bodyAt(bytes: string, start: number, head: string): { body: string; end: number } {
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) return dechunked(bytes, start);
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
  const end = length === undefined ? bytes.length : Math.min(start + Number(length), bytes.length);
  return { body: bytes.slice(start, end), end };
}

/** Answers with chunked bodies in one piece: where filters cut them is their own affair. */
export function inOnePiece(bytes: string): string {
  const head = /\r\nTransfer-Encoding: chunked\r\n(?:[^\r\n]+\r\n)*\r\n(?=[\da-f]+\r\n)/.exec(bytes);
  if (head === null) return bytes;
  const start = head.index + head[0].length;
  const { body, end } = dechunked(bytes, start);
  return `${bytes.slice(0, start)}<${body}>${inOnePiece(bytes.slice(end))}`;
}

/** As far as it came. */
function dechunked(bytes: string, start: number): { body: string; end: number } {
  let body = '';
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at);
    const size = line === -1 ? NaN : parseInt(bytes.slice(at, line), 16);
    if (Number.isNaN(size)) return { body, end: at };
    if (size === 0) return { body, end: at };
    body += bytes.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}

function unpack(body: string): string {
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    return gunzipSync(Buffer.from(body, 'latin1'), { finishFlush }).toString('latin1');
  } catch (error) {
    return `broken: ${(error as Error).message}`;
  }
}
