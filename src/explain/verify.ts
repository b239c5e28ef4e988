import { createHash } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Plan } from '../3-plan/schema.ts';
import type { UpstreamAddress } from '../3-plan/schema/upstream.ts';
import { AccessLogs } from '../runtime/log/access-log.ts';
import { ErrorLogs } from '../runtime/log/error-log.ts';
import type { Services, Worker } from '../runtime/services.ts';
import { CredentialFiles } from '../runtime/tls/credentials.ts';
import { TlsClients } from '../runtime/tls/tls-client.ts';
import { startWorker } from '../runtime/worker.ts';
import { isMain } from './drive.ts';
import { listenerAt } from './listener.ts';
import { explainRequest } from './explain-request.ts';
import { conformingStatus, handshakeFaults, parseRequestHead, statusOf, valuesOf } from './handshake.ts';
import type { ExplainedRequest } from './request.ts';
import { chooseListen, connectionTo, type Situation } from './situation.ts';

/** What came of sending a request through the plan; `untried` where the plan cannot be run as it is explained. */
export interface Verification {
  readonly outcome: 'agrees' | 'differs' | 'untried';
  readonly text: string;
}

/** Milliseconds after which an answer that has not come counts as none. */
const patience = 2000;
/** Sent through the tunnel; a conforming upstream of ours sends it back. */
const probe = 'PING-BYTES';

/**
 * Runs the plan in this process: every upstream address leads to a server on loopback that follows RFC 6455 (or to the
 * configuration's own server there), and the request goes through real sockets. TLS is left out on both sides.
 */
export async function verify(situation: Situation, request: ExplainedRequest): Promise<Verification> {
  const { explanation, outcome } = explainRequest(situation, request);
  const listen = chooseListen(situation.plan, request);
  if (listen === null || outcome === null) return untried('the configuration has no http server');
  if (outcome.visits.some((visit) => visit.subrequest))
    return untried('the request depends on a subrequest, whose answer is only assumed');
  const gateway = outcome.request?.upstream?.gateway ?? null;
  if (gateway !== null)
    return untried(`upstreams are tried by HTTP, and this one is asked by ${gateway.name}`);
  const plan = withoutOutside(situation.plan);
  const known = new Set(addressesOf(plan).map(({ name }) => name));
  const foreign = outcome.visits.find((visit) => !known.has(visit.address));
  if (foreign !== undefined) return untried(`${foreign.address} is an address that only the request decides`);
  const stage = new Stage(situation, plan);
  try {
    await stage.open();
    const front = await stage.listen((socket) => stage.accept(socket, listen.index, request));
    const answer = await exchange(front, request.raw);
    const expected = {
      upgraded: outcome.end === 'tunnel',
      status: statusOf(outcome.responseHead),
      heads: outcome.visits
        .filter((visit) => isMain(visit) && visit.hopAnswer === null)
        .map(({ head }) => shape(head)),
    };
    const actual = {
      upgraded: answer.upgraded,
      status: statusOf(answer.head),
      heads: stage.heads.map(shape),
    };
    if (JSON.stringify(actual) === JSON.stringify(expected)) {
      const by =
        explanation.upstream === null ? "nginx's own answer" : `the upstream ${explanation.upstream.address}`;
      return {
        outcome: 'agrees',
        text: `reality agrees: ${describe(actual)}, by ${by}`,
      };
    }
    return {
      outcome: 'differs',
      text: `reality differs: explained was ${describe(expected)}, what came was ${describe(actual)}`,
    };
  } finally {
    await stage.close();
  }
}

function untried(reason: string): Verification {
  return { outcome: 'untried', text: `not tried: ${reason}` };
}

function describe({
  upgraded,
  status,
  heads,
}: {
  upgraded: boolean;
  status: number;
  heads: readonly string[];
}): string {
  const answer = status === 0 ? 'no answer' : `status ${status}`;
  return `${answer}, ${upgraded ? 'a tunnel that carries bytes' : 'no tunnel'}, ${heads.length} ${heads.length === 1 ? 'request' : 'requests'} at upstreams`;
}

/** Request line and names of the headers: values such as $request_id or $msec are new each time. */
function shape(head: string): string {
  const { method, target, version, headers } = parseRequestHead(head);
  return [`${method} ${target} ${version}`, ...headers.map(([name]) => name)].join('\n');
}

/** A copy of the plan that writes no logs and speaks no TLS to upstreams. */
function withoutOutside(plan: Plan): Plan {
  const copy = structuredClone(plan);
  const http = copy.http!;
  copy.errorLogs = [];
  http.accessLogs = [];
  http.settings.log = http.settings.log.map((group) => ({ ...group, access_log: [] }));
  http.settings.core = http.settings.core.map((group) => ({ ...group, error_log: [] }));
  for (const { content } of http.locations) if (content?.kind === 'proxy') content.pass.scheme = 'http';
  return copy;
}

function addressesOf(plan: Plan): UpstreamAddress[] {
  return plan.http!.upstreams.flatMap(({ servers }) => servers.flatMap(({ addresses }) => addresses));
}

/** The plan at work, and the servers around it. */
class Stage {
  /** Heads that came to upstreams, in order. */
  readonly heads: string[] = [];
  readonly #situation: Situation;
  readonly #plan: Plan;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #accessLogs = new AccessLogs(() => undefined);
  readonly #errorLogs = new ErrorLogs(process.pid);
  #worker: Worker | null = null;

  constructor(situation: Situation, plan: Plan) {
    this.#situation = situation;
    this.#plan = plan;
  }

  async open(): Promise<void> {
    const ports = new Map<string, number>();
    for (const address of addressesOf(this.#plan)) {
      let port = ports.get(address.name);
      if (port === undefined) {
        const hop = listenerAt(this.#situation.engine, address.name);
        port = await this.listen((socket) =>
          hop === null ? this.#serveConforming(socket) : this.accept(socket, hop, null),
        );
        ports.set(address.name, port);
      }
      Object.assign(address, { host: '127.0.0.1', port, path: '' });
    }
    const services: Services = {
      accessLogs: this.#accessLogs,
      errorLogs: this.#errorLogs,
      errorLog: this.#errorLogs.logger([]),
      resolve: (_resolver, _name, _timeout, done) => {
        done('names are not resolved while verifying', [], 0);
        return () => undefined;
      },
      tlsClients: new TlsClients(new CredentialFiles()),
      caches: null,
      pid: process.pid,
    };
    this.#worker = startWorker(this.#plan, services);
  }

  /** A server on a free port of loopback. */
  async listen(serve: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      serve(socket);
    });
    this.#servers.push(server);
    await new Promise<void>((ready, failed) => {
      server.once('error', failed);
      server.listen(0, '127.0.0.1', ready);
    });
    return (server.address() as AddressInfo).port;
  }

  accept(socket: Socket, listen: number, request: ExplainedRequest | null): void {
    const asked = request ?? { raw: '', hostname: '', port: null, tls: null };
    this.#worker!.accept(socket, connectionTo(this.#plan, listen, asked), null, null);
  }

  #serveConforming(socket: Socket): void {
    let input = '';
    let tunnel = false;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      if (tunnel) {
        socket.write(bytes);
        return;
      }
      input += bytes.toString('latin1');
      const end = input.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = input.slice(0, end + 4);
      input = input.slice(end + 4);
      this.heads.push(head);
      const parsed = parseRequestHead(head);
      const status = conformingStatus(parsed, handshakeFaults(parsed));
      tunnel = status === 101;
      socket.write(
        tunnel ? acceptHead(valuesOf(parsed, 'Sec-WebSocket-Key')[0] ?? '') : refusal(status),
        'latin1',
      );
      if (!tunnel) socket.end();
    });
    socket.resume();
  }

  async close(): Promise<void> {
    this.#worker?.terminate();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((closed) => server.close(closed))));
    await this.#accessLogs.close();
    await this.#errorLogs.close();
  }
}

/** RFC 6455 section 4.2.2. */
function acceptHead(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function refusal(status: number): string {
  const upgrade = status === 426 ? 'Upgrade: websocket\r\n' : '';
  return `HTTP/1.1 ${status} No\r\n${upgrade}Content-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}

/** Sends a request; after a 101 the probe has to come back. */
function exchange(port: number, raw: string): Promise<{ head: string; upgraded: boolean }> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    let input = '';
    let head = '';
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      done({ head, upgraded: head !== '' && input.includes(probe) });
    };
    const timer = setTimeout(finish, patience);
    socket.on('error', finish);
    socket.on('close', finish);
    socket.on('connect', () => socket.write(raw, 'latin1'));
    socket.on('data', (bytes) => {
      input += bytes.toString('latin1');
      const end = input.indexOf('\r\n\r\n');
      if (head === '' && end !== -1) {
        head = input.slice(0, end + 4);
        input = input.slice(end + 4);
        if (statusOf(head) !== 101) finish();
        else socket.write(probe, 'latin1');
      }
      if (head !== '' && input.includes(probe)) finish();
    });
  });
}
