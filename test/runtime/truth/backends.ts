import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { UpstreamHead } from './recorded.ts';

interface Head {
  readonly text: string;
  readonly method: string;
  readonly version: string;
  /** All values of a header line, by lower-case name. */
  readonly values: (name: string) => string[];
}

function parseHead(text: string): Head {
  const [requestLine = '', ...lines] = text.split('\r\n').slice(0, -2);
  const words = requestLine.split(' ');
  const [method = ''] = words;
  const version = words.at(-1) ?? '';
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { text, method, version, values: (name) => headers.filter(([n]) => n === name).map(([, v]) => v) };
}

const hasToken = (values: readonly string[], token: string): boolean =>
  values.some((value) => value.split(',').some((part) => part.trim().toLowerCase() === token));

/** What is wrong with a handshake, in the order of the recordings' README. */
function faults(head: Head): string[] {
  const found: string[] = [];
  const [host = '', ...hosts] = head.values('host');
  const [key = '', ...keys] = head.values('sec-websocket-key');
  const [version, ...versions] = head.values('sec-websocket-version');
  if (head.method !== 'GET') found.push('method');
  if (head.version !== 'HTTP/1.1') found.push('version');
  if (host === '' || hosts.length > 0) found.push('host');
  if (!hasToken(head.values('upgrade'), 'websocket')) found.push('upgrade');
  if (!hasToken(head.values('connection'), 'upgrade')) found.push('connection');
  if (keys.length > 0 || !/^[A-Za-z0-9+/]{22}==$/.test(key)) found.push('key');
  if (version !== '13' || versions.length > 0) found.push('ws-version');
  return found;
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  426: 'Upgrade Required',
};

function answer(name: string, mode: string, head: Head): { bytes: string; tunnel: boolean; close: boolean } {
  const wrong = mode === 'strict' ? faults(head) : [];
  const close = hasToken(head.values('connection'), 'close') || head.version === 'HTTP/1.0';
  if (mode === 'always-101' || (mode === 'strict' && wrong.length === 0)) {
    const key = head.values('sec-websocket-key')[0] ?? '';
    const accept = createHash('sha1')
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'latin1')
      .digest('base64');
    const bytes = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    return { bytes, tunnel: true, close: false };
  }
  const status =
    mode === 'always-200'
      ? 200
      : mode === 'status-403'
        ? 403
        : head.values('upgrade').length === 0
          ? 426
          : 400;
  const body = `${name} ${[status, ...wrong].join(' ')}\n`;
  let bytes = `HTTP/1.1 ${status} ${reasons[status]}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n`;
  if (status === 426) bytes += 'Upgrade: websocket\r\n';
  if (mode === 'always-200') bytes += `X-Backend: ${name}\r\n`;
  if (close) bytes += 'Connection: close\r\n';
  return { bytes: `${bytes}\r\n${head.method === 'HEAD' ? '' : body}`, tunnel: false, close };
}

/** The length of a chunked body with its framing, -1 while it is incomplete. */
function chunkedLength(input: string): number {
  for (let at = 0; ;) {
    const line = input.indexOf('\r\n', at);
    if (line < 0) return -1;
    const size = parseInt(input.slice(at, line), 16);
    at = line + 2 + size + 2;
    if (input.length < at) return -1;
    if (size === 0) return at;
  }
}

/** An answer that a test wants instead of the mode's: pieces are sent with a pause between them. */
export interface ScriptedAnswer {
  readonly pieces: readonly string[];
  readonly closes: boolean;
  /** Milliseconds between two pieces; 10 unless said. */
  readonly pause?: number;
}

/** One backend of a recorded case. Beside the recorded modes it can be `silent`, and can close without an answer (`closes`). */
export class Backend {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #name: string;
  readonly #mode: string;
  readonly #seen: (head: UpstreamHead) => void;
  readonly #scripted: (head: string) => ScriptedAnswer | undefined;

  constructor(
    name: string,
    mode: string,
    seen: (head: UpstreamHead) => void,
    scripted: (head: string) => ScriptedAnswer | undefined = () => undefined,
  ) {
    this.#name = name;
    this.#mode = mode;
    this.#seen = seen;
    this.#scripted = scripted;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  listen(port: number): Promise<void> {
    return new Promise((ready, failed) => {
      this.#server.once('error', failed);
      this.#server.listen(port, '127.0.0.1', ready);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  async #play(
    socket: Socket,
    { pieces, closes, pause = 10 }: ScriptedAnswer,
    { method, text }: Head,
  ): Promise<void> {
    for (const [index, piece] of pieces.entries()) {
      // In several turns of the event loop: a server in this process has read one piece before the next comes.
      for (let turns = 0; index > 0 && turns < 5; turns += 1) await delay(pause / 5);
      if (socket.destroyed) return;
      const end = piece.indexOf('\r\n\r\n');
      if (method === 'HEAD' && end !== -1) {
        socket.write(piece.slice(0, end + 4), 'latin1');
        break;
      }
      socket.write(piece, 'latin1');
    }
    if (closes || hasToken(parseHead(text).values('connection'), 'close')) socket.end();
  }

  #serve(socket: Socket): void {
    let input = '';
    let tunnel = false;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      if (tunnel) {
        socket.write(bytes);
        return;
      }
      input += bytes.toString('latin1');
      for (let used = one(); used > 0 && !tunnel; used = one()) input = input.slice(used);
    });
    /** Answers the first request of the input; gives its length, 0 while it is incomplete. */
    const one = (): number => {
      const end = input.indexOf('\r\n\r\n') + 4;
      if (end < 4) return 0;
      const head = parseHead(input.slice(0, end));
      let used = end;
      if (hasToken(head.values('transfer-encoding'), 'chunked')) {
        const length = chunkedLength(input.slice(end));
        if (length < 0) return 0;
        used += length;
      } else {
        used += Number(head.values('content-length')[0] ?? 0);
        if (input.length < used) return 0;
      }
      const body = input.slice(end, used);
      const seen = { backend: this.#name, head: head.text };
      this.#seen(body === '' ? seen : { ...seen, body: body.slice(0, 200) });
      const script = this.#scripted(head.text);
      if (script !== undefined) {
        void this.#play(socket, script, head);
        tunnel = script.pieces[0]!.startsWith('HTTP/1.1 101');
        return used;
      }
      if (this.#mode === 'silent') return used;
      if (this.#mode === 'closes') {
        socket.end();
        return used;
      }
      const reply = answer(this.#name, this.#mode, head);
      tunnel = reply.tunnel;
      socket.write(reply.bytes + (tunnel ? input.slice(used) : ''), 'latin1');
      if (reply.close) socket.end();
      return used;
    };
  }
}
