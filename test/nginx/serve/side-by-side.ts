import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { freePort } from '../../ports.ts';
import { belowPrefix } from '../real-nginx.ts';
import { Conversation } from './conversation.ts';
import { serveProgram } from './program-backend.ts';
import { withTimesOf } from './times.ts';

/** The version of Debian's nginx, whose behaviour Hopwright is asked for. */
const target = '1.22.1';

/** What one server did with one request. */
export interface Observation {
  /** Bytes that came back, normalised; '' when the connection was closed without any. */
  readonly answer: string;
  /** Heads that reached the backend because of it. */
  readonly upstream: readonly string[];
}

export interface Pair {
  /**
   * Sends the same bytes to both servers at once, each on a new connection. Times are in Hopwright's answer written as
   * in nginx's where they are the same but for the moment in which they were asked for; see {@link withTimesOf}.
   */
  ask(raw: string): Promise<{ readonly nginx: Observation; readonly hopwright: Observation }>;
  close(): Promise<void>;
}

/**
 * Starts nginx and Hopwright on the same configuration, each on its own port, and each in front of its own recording
 * backend. `{{PORT}}` and `{{BACKEND}}` (host:port) in the files stand for what differs; files have one modification time.
 */
export async function startPair(files: Readonly<Record<string, string>>): Promise<Pair> {
  const starting = [
    ['nginx'],
    [process.execPath, resolve(import.meta.dirname, '../../../bin/hopwright-nginx.js')],
  ].map((command) => startServer(command, files));
  const close = async (): Promise<void> => {
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((each) => each.status === 'fulfilled' && each.value.stop()));
  };
  try {
    const [nginx, hopwright] = (await Promise.all(starting)) as [RunningServer, RunningServer];
    return { ask: (raw) => ask(nginx, hopwright, raw), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Answers are looked at in turns of so many milliseconds. Turns are counted, and not the time: when this process did not
 * get to run, it reads what came meanwhile before the next turn.
 */
const turn = 25;
/** Turns in which nothing new may come, before what came counts as complete: from both, or while one says nothing. */
const quiet = { both: 14, one: 60 };
/** Turns in which answers that differ may become the same: a server may get to run late. */
const patience = 400;

async function ask(
  nginx: RunningServer,
  hopwright: RunningServer,
  raw: string,
): Promise<{ nginx: Observation; hopwright: Observation }> {
  const asked = [nginx, hopwright].map((server) => {
    server.backend.heads.length = 0;
    return { server, talk: new Conversation(server.port, inPlaceOf(raw, server)) };
  });
  const heard = (): number =>
    asked.reduce(
      (sum, { talk, server }) =>
        sum + talk.received.length + Number(talk.ended) + server.backend.heads.length,
      0,
    );
  let before = -1;
  let silence = 0;
  for (let turns = 0; ; turns += 1) {
    await delay(turn);
    const now = heard();
    silence = now === before ? silence + 1 : 0;
    before = now;
    const each = asked.every(({ talk }) => talk.ended || talk.received !== '');
    if (silence < (each ? quiet.both : quiet.one)) continue;
    const [theirs, ours] = asked.map(({ talk, server }) => observationOf(talk, server)) as [
      Observation,
      Observation,
    ];
    const observed = { nginx: theirs, hopwright: withTimes(theirs, ours, Date.now()) };
    if (turns < patience && !isDeepStrictEqual(observed.nginx, observed.hopwright)) continue;
    for (const { talk } of asked) talk.close();
    return observed;
  }
}

function inPlaceOf(text: string, { port, backend }: Pick<RunningServer, 'port' | 'backend'>): string {
  return text.replaceAll('{{PORT}}', String(port)).replaceAll('{{BACKEND}}', backend.address);
}

function observationOf(talk: Conversation, { port, backend }: RunningServer): Observation {
  const normal = (text: string): string =>
    text.replaceAll(`:${port}`, ':<port>').replaceAll(backend.address, '<backend>');
  return { answer: normal(talk.received), upstream: backend.heads.map(normal) };
}

function withTimes(theirs: Observation, ours: Observation, at: number): Observation {
  const written = (text: string, other = ''): string => withTimesOf({ text: other, at }, { text, at });
  return {
    answer: written(ours.answer, theirs.answer),
    upstream: ours.upstream.map((head, index) => written(head, theirs.upstream[index])),
  };
}

interface RunningServer {
  readonly port: number;
  readonly backend: Backend;
  stop(): Promise<void>;
}

async function startServer(
  command: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const backend = new Backend();
  await backend.listen();
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'hopwright-side-'));
  const written = new Date(Date.UTC(2020, 0, 1));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const placed = name === 'nginx.conf' ? belowPrefix(text) : text;
    writeFileSync(path, inPlaceOf(placed, { port, backend }), 'latin1');
    utimesSync(path, written, written);
  }
  const globals = `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;`;
  const [program = '', ...args] = command;
  const child = spawn(
    program,
    [...args, '-p', `${folder}/`, '-c', 'nginx.conf', '-e', 'error.log', '-g', globals],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOPWRIGHT_TARGET: target },
    },
  );
  let said = '';
  child.stderr!.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
  let ended = false;
  const gone = new Promise<void>((done) => child.once('close', () => done()).once('error', () => done()));
  void gone.then(() => (ended = true));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
    backend.close();
    rmSync(folder, { recursive: true, force: true });
  };
  while (!ended) {
    if (await listens(port)) return { port, backend, stop };
    await delay(turn);
  }
  await stop();
  throw new Error(`the server ended: ${said}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(port, '127.0.0.1', () => {
      probe.destroy();
      done(true);
    });
    probe.once('error', () => done(false));
  });
}

/** Records request heads; answers 101 to handshakes and echoes, and 200 to the rest. What is no HTTP gets a program's answer. */
class Backend {
  readonly heads: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    const port = await freePort();
    await new Promise<void>((ready, failed) => {
      this.#server.once('error', failed);
      this.#server.listen(port, '127.0.0.1', ready);
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let pending = '';
    let tunnel = false;
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      if (tunnel) {
        socket.write(bytes);
        return;
      }
      pending += bytes.toString('latin1');
      if (!/^[A-Z]/.test(pending)) {
        socket.removeAllListeners('data');
        serveProgram(socket, this.heads, bytes);
        return;
      }
      for (let end = pending.indexOf('\r\n\r\n'); end !== -1; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end + 4);
        const length = Number(/^Content-Length: (\d+)/im.exec(head)?.[1] ?? 0);
        if (pending.length < head.length + length) return;
        this.heads.push(pending.slice(0, head.length + length));
        pending = pending.slice(head.length + length);
        tunnel = this.#answer(socket, head);
      }
    });
  }

  #answer(socket: Socket, head: string): boolean {
    if (/^Upgrade: *websocket\r$/im.test(head) && /^Connection:.*upgrade/im.test(head)) {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      return true;
    }
    const status = /^\S+ \S*\/status\/(\d{3})/.exec(head)?.[1] ?? '200';
    const body = `backend ${status}\n`;
    const close = /^Connection: close/im.test(head) || /HTTP\/1\.0\r\n/.test(head);
    socket.write(
      `HTTP/1.1 ${status} Whatever\r\nContent-Type: text/plain\r\nX-Backend: yes\r\nSet-Cookie: a=b; path=/inner/\r\n` +
        `${status.startsWith('3') ? 'Location: http://backend/inner/x\r\n' : ''}` +
        `Content-Length: ${body.length}\r\n${close ? 'Connection: close\r\n' : ''}\r\n${head.startsWith('HEAD') ? '' : body}`,
    );
    if (close) socket.end();
    return false;
  }
}
