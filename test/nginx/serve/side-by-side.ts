import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

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
  /** Sends the same bytes to both servers, one after the other, each on a new connection. */
  ask(raw: string): Promise<{ readonly nginx: Observation; readonly hopwright: Observation }>;
  close(): Promise<void>;
}

/**
 * Starts nginx and Hopwright on the same configuration, each on its own port, in front of one recording backend.
 * `{{PORT}}` and `{{BACKEND}}` (host:port) in the files stand for what differs; files have one modification time.
 */
export async function startPair(files: Readonly<Record<string, string>>): Promise<Pair> {
  const backend = new Backend();
  await backend.listen();
  const started: RunningServer[] = [];
  try {
    for (const command of [
      ['nginx'],
      [process.execPath, resolve(import.meta.dirname, '../../../bin/hopwright-nginx.js')],
    ]) {
      started.push(await startServer(command, files, backend.address));
    }
  } catch (error) {
    await Promise.all(started.map((server) => server.stop()));
    backend.close();
    throw error;
  }
  const [nginx, hopwright] = started as [RunningServer, RunningServer];
  const observe = async (server: RunningServer, raw: string): Promise<Observation> => {
    backend.heads.length = 0;
    const answer = await exchange(server.port, raw.replaceAll('{{PORT}}', String(server.port)));
    const normal = (text: string): string => normalise(text, server.port, backend.address);
    return { answer: normal(answer), upstream: backend.heads.map(normal) };
  };
  return {
    ask: async (raw) => ({ nginx: await observe(nginx, raw), hopwright: await observe(hopwright, raw) }),
    close: async () => {
      await Promise.all(started.map((server) => server.stop()));
      backend.close();
    },
  };
}

interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

async function startServer(
  command: readonly string[],
  files: Readonly<Record<string, string>>,
  backend: string,
): Promise<RunningServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'hopwright-side-'));
  const written = new Date(Date.UTC(2020, 0, 1));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      text.replaceAll('{{PORT}}', String(port)).replaceAll('{{BACKEND}}', backend),
      'latin1',
    );
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
  await listening(port, child, () => said);
  return {
    port,
    stop: async () => {
      const gone = new Promise<void>((done) =>
        child.exitCode === null ? child.once('exit', () => done()) : done(),
      );
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said()}`);
    const open = await new Promise<boolean>((done) => {
      const probe = connect(port, '127.0.0.1', () => {
        probe.destroy();
        done(true);
      });
      probe.once('error', () => done(false));
    });
    if (open) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`the server does not listen: ${said()}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => probe.once('listening', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

/** How long nothing may come before an answer on an open connection counts as complete. */
const silence = 250;

function exchange(port: number, raw: string): Promise<string> {
  return new Promise((done) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(raw, 'latin1'));
    const timer = setTimeout(finish, silence * 6);
    function finish(): void {
      clearTimeout(timer);
      socket.destroy();
      done(received);
    }
    socket.on('data', (bytes) => {
      const first = received === '';
      received += bytes.toString('latin1');
      if (first && received.startsWith('HTTP/1.1 101')) socket.write('PING-BYTES');
      clearTimeout(timer);
      timer.refresh();
      setTimeout(finish, silence).unref();
    });
    socket.on('error', finish);
    socket.on('close', finish);
  });
}

function normalise(text: string, port: number, backend: string): string {
  return text
    .replace(/^Date: .*$/gm, 'Date: <date>')
    .replaceAll(`:${port}`, ':<port>')
    .replaceAll(backend, '<backend>');
}

/** Records request heads; answers 101 to handshakes and echoes, and 200 to the rest. */
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
    this.#server.listen(0, '127.0.0.1');
    await new Promise((done) => this.#server.once('listening', done));
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
    socket.on('data', (bytes) => {
      if (tunnel) {
        socket.write(bytes);
        return;
      }
      pending += bytes.toString('latin1');
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
