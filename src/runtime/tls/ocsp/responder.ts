import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { errnoOf, errnoText } from '../../../system/errno.ts';

/** Where certificates' states are asked for. */
export interface Responder {
  readonly host: string;
  readonly port: number;
  /** Ends in a slash. */
  readonly path: string;
}

/** Milliseconds (ngx_ssl_stapling_certificate). */
const timeout = 60_000;
/** Bytes of an answer that are read (ngx_ssl_ocsp_read_handler). */
const longest = 16_384;
const prematurely = 'OCSP responder prematurely closed connection';
const contentType = 'application/ocsp-response';

/** The parts of `http://host:port/path`; null for what is not such a URL (ngx_ssl_stapling_responder). */
export function parseResponder(url: string): Responder | null {
  const [, bracketed, plain, port = '80', path = '/'] =
    /^http:\/\/(?:\[([0-9a-f:.]+)\]|([^/?#:[\]\s]+))(?::(\d{1,5}))?([/?]\S*)?$/i.exec(url) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host, port: Number(port), path: path.endsWith('/') ? path : `${path}/` };
}

/** The first responder that a certificate names (X509_get1_ocsp). */
export function responderOf(certificate: X509Certificate): string | undefined {
  return certificate.toLegacyObject().infoAccess?.['OCSP - URI']?.[0];
}

/**
 * Sends an OCSPRequest to one address of a responder (RFC 6960 A.1: in the path of a GET, over HTTP/1.0, so that the answer ends
 * with the connection).
 *
 * @param done called once, with the body of the answer, or with nginx's message about a failure ('' for none)
 */
export function askResponder(
  { host, port, path }: Responder,
  address: string,
  query: Buffer,
  done: (response: Buffer | null, message: string) => void,
): void {
  const socket = connect({ host: address, port });
  const parts: Buffer[] = [];
  let length = 0;
  let over = false;
  const finish = (response: Buffer | null, message: string): void => {
    if (over) return;
    over = true;
    socket.destroy();
    done(response, message);
  };
  socket.setTimeout(timeout, () => finish(null, `OCSP responder timed out ${errnoText('ETIMEDOUT')}`));
  socket.unref();
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const call = error.syscall === 'connect' ? 'connect()' : 'recv()';
    finish(null, `${call} failed ${errnoText(errnoOf(error))}`);
  });
  socket.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > longest) finish(null, prematurely);
  });
  socket.on('end', () => {
    const answer = readAnswer(Buffer.concat(parts));
    if (typeof answer === 'string') finish(null, answer);
    else finish(answer, '');
  });
  const target = path + encodeURIComponent(query.toString('base64'));
  socket.write(`GET ${target} HTTP/1.0\r\nHost: ${host}\r\n\r\n`, 'latin1');
}

/** The body of an answer; null for one that says nothing, otherwise nginx's message. */
function readAnswer(answer: Buffer): Buffer | null | string {
  const text = answer.toString('latin1');
  // Lines may end without CR.
  const head = /^HTTP\/\d+\.\d+ +(\d{3})[^\n]*\n(?:([^]*?)\n)??\r?\n/.exec(text);
  if (head === null)
    return /^HTTP\/\d/.test(text) || text === '' ? prematurely : 'OCSP responder sent invalid response';
  const type = /^content-type:[ \t]*([^\r\n]*?)[ \t]*\r?$/im.exec(head[2] ?? '')?.[1];
  if (type !== undefined && type.toLowerCase() !== contentType)
    return `OCSP responder sent invalid "Content-Type" header: "${type}"`;
  return head[1] === '200' ? answer.subarray(head[0].length) : null;
}
