import type { RequestBody } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';

/** The body of a request that came in one piece. @param raw head and body as a latin1 byte string */
export function bodyOf(raw: string, request: Request): RequestBody {
  const rest = raw.slice(request.headEnd);
  const bytes = request.chunkedRequest ? unchunk(rest) : rest.slice(0, Math.max(0, request.contentLength));
  return { length: bytes.length, bytes: () => bytes, file: '' };
}

/** The data of a chunked body; what is malformed ends it. */
function unchunk(bytes: string): string {
  let data = '';
  for (let at = 0; ;) {
    const line = bytes.indexOf('\n', at);
    const size = line === -1 ? 0 : parseInt(bytes.slice(at, line), 16);
    if (!(size > 0)) return data;
    data += bytes.slice(line + 1, line + 1 + size);
    at = line + 1 + size;
    at += bytes[at] === '\r' ? 2 : 1;
  }
}
