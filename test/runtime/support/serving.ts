import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import { ServerProcess } from '../../../src/runtime/process/server-process.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { freePort } from '../../ports.ts';

/** A configuration being served in this process, in a directory of its own. */
export class Serving {
  readonly directory: string;
  readonly port: number;
  readonly process: ServerProcess;

  private constructor(directory: string, port: number, process: ServerProcess) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /**
   * Serves `http { … }` around `text`, in which `{{PORT}}` is the port to listen on and `{{DIR}}` the directory.
   *
   * @param files contents by name, below the directory
   */
  static async start(
    text: string,
    files: Readonly<Record<string, string>> = {},
    target = '1.31.5',
    events = '',
  ): Promise<Serving> {
    const directory = mkdtempSync(join(tmpdir(), 'hopwright-test-'));
    const port = await freePort();
    const log = join(directory, 'error.log');
    const full =
      `daemon off; pid ${directory}/pid; error_log ${log} debug; events { ${events} }\nhttp { ${text} }`
        .replaceAll('{{PORT}}', String(port))
        .replaceAll('{{DIR}}', directory);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content, 'latin1');
    }
    const config = resolve(new SourceFile(join(directory, 'nginx.conf'), full), {
      target,
      prefix: directory,
    });
    if (!config.verdict.ok) throw new Error(config.verdict.message);
    const process = new ServerProcess([{ to: { kind: 'file', path: log }, level: 'debug' }], false);
    const messages: string[] = [];
    if (
      !(await process.serve(lower(config, { prefix: directory }).plan, (_level, message) =>
        messages.push(message),
      ))
    ) {
      throw new Error(messages.join('\n'));
    }
    return new Serving(directory, port, process);
  }

  errorLog(): string {
    return readFileSync(join(this.directory, 'error.log'), 'latin1');
  }

  accessLog(): string {
    return readFileSync(join(this.directory, 'access.log'), 'latin1');
  }

  connect(): Client {
    return new Client(this.port);
  }

  async close(): Promise<void> {
    await this.process.terminate();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A client that speaks bytes. */
export class Client {
  readonly socket: Socket;
  input = '';
  closed = false;
  #wake: () => void = () => undefined;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (bytes) => {
      this.input += bytes.toString('latin1');
      this.#wake();
    });
    const end = (): void => {
      this.closed = true;
      this.#wake();
    };
    this.socket.on('end', end);
    this.socket.on('error', end);
    this.socket.on('close', end);
  }

  send(bytes: string): this {
    this.socket.write(bytes, 'latin1');
    return this;
  }

  /** Waits until the input matches, and takes that much of it; all of the input when the connection ends before. */
  async read(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.input);
      if (match !== null || this.closed) {
        const end = match === null ? this.input.length : match.index + match[0].length;
        const taken = this.input.slice(0, end);
        this.input = this.input.slice(end);
        return taken;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Everything until the connection is closed. */
  readAll(): Promise<string> {
    return this.read(/(?!)/);
  }
}

/** An upstream that answers each connection as `serve` says; `heads` collects what came first on each. */
export class Upstream {
  readonly port: number;
  readonly heads: string[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** @param serve called for each piece of input of a connection, with all that came so far */
  static async start(serve: (socket: Socket, input: string) => void): Promise<Upstream> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const upstream = new Upstream(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => {
      let input = '';
      const index = upstream.heads.push('') - 1;
      upstream.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => upstream.sockets.delete(socket));
      socket.on('data', (bytes) => {
        input += bytes.toString('latin1');
        upstream.heads[index] = input;
        serve(socket, input);
      });
    });
    return upstream;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }
}

/**
 * Lets what was sent between sockets of this process arrive. Turns of the event loop are counted, not time: after a
 * pause that the machine made, a timer alone would come before what was sent meanwhile.
 */
export async function arrived(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await delay(1);
}
