import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { GeneratedRequest } from './case.ts';
import type { Pace } from './pace.ts';

/** What came back on one connection. */
export interface Answer {
  /** All bytes. After a 101 the tunnel's follow. */
  readonly bytes: string;
  /** `open`: all answers were complete, and the server kept the connection open. */
  readonly end: 'open' | 'closed' | 'timeout';
}

/** Milliseconds in which a server closes the connection that it said it would close. */
const patienceForClose = 1000;
const fromClient = ['PING-BYTES', 'MORE'.repeat(50)];

/** Where the answer that begins at `at` ends (-1 while it is not complete), its status, and whether its head says that the connection closes. */
function answerEnd(
  bytes: string,
  at: number,
  method: string,
): { end: number; status: number; closes: boolean } {
  const unknown = { end: -1, status: 0, closes: true };
  const headEnd = bytes.indexOf('\r\n\r\n', at) + 4;
  if (headEnd < 4) return unknown;
  const head = bytes.slice(at, headEnd);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const closes = !/\r\nconnection: keep-alive\r\n/i.test(head);
  if (status === 0) return unknown;
  if (status < 200) return { end: headEnd, status, closes: false };
  if (method === 'HEAD' || status === 204 || status === 304) return { end: headEnd, status, closes };
  if (/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) {
    for (let next = headEnd; ;) {
      const line = bytes.indexOf('\r\n', next);
      if (line === -1) return unknown;
      const size = parseInt(bytes.slice(next, line), 16);
      if (size === 0) {
        const last = bytes.startsWith('\r\n', line + 2) ? line : bytes.indexOf('\r\n\r\n', line + 2);
        return last === -1 ? unknown : { end: last + 4, status, closes };
      }
      next = line + 4 + size;
      if (!(next <= bytes.length)) return unknown;
    }
  }
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head);
  if (length === null) return unknown;
  const end = headEnd + Number(length[1]);
  return bytes.length < end ? unknown : { end, status, closes };
}

/**
 * Sends a request on a new connection and takes what comes, until all answers are complete or the server ends the connection.
 * A tunnel is tried with bytes in both directions and closed by the client.
 */
export function ask(
  port: number,
  request: GeneratedRequest,
  { patience, pause, settling }: Pace,
): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    let bytes = '';
    let at = 0;
    let tunnel = 0;
    let toSay = 0;
    let done = false;
    const methods = [...request.methods];
    const inTurn = request.inTurn === true ? request.pieces.slice(1) : [];
    let timer: NodeJS.Timeout | undefined;
    const finish = (end: Answer['end']): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes, end });
    };
    const wait = (milliseconds: number, end: Answer['end']): void => {
      clearTimeout(timer);
      timer = setTimeout(finish, milliseconds, end);
    };
    const inTunnel = (): void => {
      const expected = fromClient.slice(0, toSay).join('');
      if (bytes.length - tunnel < expected.length && toSay > 0) return wait(patience, 'timeout');
      const next = fromClient[toSay++];
      if (next !== undefined) {
        socket.write(next);
        wait(patience, 'timeout');
      } else {
        socket.end();
        wait(patienceForClose, 'open');
      }
    };
    const read = (): void => {
      if (tunnel > 0) return inTunnel();
      let closes = false;
      while (methods.length > 0) {
        const answer = answerEnd(bytes, at, methods[0]!);
        if (answer.end === -1) return wait(patience, 'timeout');
        at = answer.end;
        if (answer.status === 101) {
          tunnel = at;
          return inTunnel();
        }
        if (answer.status < 200) continue;
        methods.shift();
        ({ closes } = answer);
        if (closes) break;
        if (inTurn.length > 0) socket.write(inTurn.shift()!, 'latin1');
      }
      if (closes) wait(patienceForClose, 'open');
      else wait(settling, 'open');
    };
    socket.on('data', (data) => {
      bytes += data.toString('latin1');
      read();
    });
    socket.on('end', () => finish('closed'));
    socket.on('close', () => finish('closed'));
    // Whether bytes that the server left unread turn its end into a reset is a matter of microseconds.
    socket.on('error', () => finish('closed'));
    const send = async (): Promise<void> => {
      const together = request.inTurn === true ? request.pieces.slice(0, 1) : request.pieces;
      for (const [index, piece] of together.entries()) {
        if (index > 0) await delay(pause);
        if (!socket.destroyed) socket.write(piece, 'latin1');
      }
    };
    wait(patience, 'timeout');
    void send();
  });
}
