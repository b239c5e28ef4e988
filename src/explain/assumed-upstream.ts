import { conformingStatus, valuesOf, type HandshakeFault, type RequestHead } from './handshake.ts';

/** What an upstream is assumed to answer to a head: a status, or nothing because nobody listens there. */
export type UpstreamAssumption = (arrived: ArrivedHead) => number | 'refused';

export interface ArrivedHead {
  readonly address: string;
  readonly head: RequestHead;
  readonly faults: readonly HandshakeFault[];
  readonly subrequest: boolean;
}

/** A server that follows RFC 6455; subrequests (authentication, mirrors) are answered with 200. */
export const conformingUpstream: UpstreamAssumption = ({ head, faults, subrequest }) =>
  subrequest ? 200 : conformingStatus(head, faults);

/** The same, but ordinary requests are welcome too. */
export const ordinaryUpstream: UpstreamAssumption = ({ head, faults, subrequest }) =>
  subrequest || valuesOf(head, 'Upgrade').length === 0 ? 200 : conformingStatus(head, faults);

/** The head of an assumed answer, whose length nobody knows; a 101 accepts the key that {@link ./request.ts} sends. */
export function answerHead(status: number): string {
  if (status === 101) {
    return [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      '\r\n',
    ].join('\r\n');
  }
  const reasons: { readonly [status: number]: string } = {
    200: 'OK',
    400: 'Bad Request',
    403: 'Forbidden',
    426: 'Upgrade Required',
  };
  return [
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Answer'}`,
    ...(status === 426 ? ['Upgrade: websocket'] : []),
    'Content-Type: text/plain',
    'Connection: close',
    '\r\n',
  ].join('\r\n');
}
