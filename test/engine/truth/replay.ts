import { memoryReader } from '../../../src/2-resolve/file-reader.ts';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import type { Action, BodyPart, Connection, Engine } from '../../../src/engine/api.ts';
import { compileEngine } from '../../../src/engine/engine.ts';
import type { Request } from '../../../src/engine/request.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { fill } from '../../runtime/truth/recorded.ts';
import type { Ports, RecordedCase } from '../../runtime/truth/recorded.ts';
import { backendAnswer } from './backend.ts';
import { fakeWorld } from './world.ts';

/** What came of a request. */
export interface Replayed {
  readonly status: number | 'none';
  readonly head: string;
  readonly body: string;
  readonly tunnel: boolean;
  /** nginx closes the connection without an answer. */
  readonly closed: boolean;
  readonly upstream: readonly { readonly backend: string; readonly head: string; readonly body: string }[];
}

/** Nothing listens there, because the engine opens no socket. */
const ports: Ports = { server: 23080, backends: [23081, 23082, 23083] };
const directory = '/truth/';

const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** The text of a record with the ports of the replay. */
export const filled = (text: string): string => fill(text, ports);

/** One recorded configuration in an engine of its own, with the recorded backends. */
export class Replay {
  readonly accepted: boolean;
  readonly message: string;
  readonly log: string[] = [];
  readonly #engine: Engine | null = null;
  readonly #backends: Readonly<Record<string, string>>;
  #serial = 0;

  constructor(truth: RecordedCase) {
    this.#backends = truth.backends;
    const files: Record<string, string> = {};
    for (const [name, text] of Object.entries(truth.files)) files[directory + name] = toBytes(filled(text));
    const entry = new SourceFile(`${directory}nginx.conf`, files[`${directory}nginx.conf`]!);
    const config = resolve(entry, { target: truth.nginx, prefix: directory, reader: memoryReader(files) });
    this.accepted = config.verdict.ok;
    this.message = config.verdict.ok ? '' : config.verdict.message;
    if (!config.verdict.ok) return;
    const world = fakeWorld(files);
    this.log = world.lines;
    this.#engine = compileEngine(lower(config, { prefix: directory }).plan, world);
  }

  run(raw: string): Replayed {
    return this.#exchange(this.#listenOf(ports.server), filled(raw));
  }

  #listenOf(wanted: number): number {
    return this.#engine!.plan.http!.listens.findIndex((listen) => listen.port === wanted);
  }

  #exchange(listen: number, bytes: string): Replayed {
    const engine = this.#engine!;
    const connection: Connection = {
      listen,
      serial: ++this.#serial,
      remoteAddress: '127.0.0.1',
      remotePort: 40000,
      serverAddress: '127.0.0.1',
      serverPort: engine.plan.http!.listens[listen]!.port,
      requests: 0,
      tls: null,
      proxyProtocol: null,
      startedAt: engine.world.now(),
      pipelined: false,
    };
    const request = engine.begin(connection, bytes, 0);
    if (request === null) return { ...silence(false), upstream: [] };
    const driver = new Driver(engine, this.#backends, bytes.slice(request.headEnd), (at, text) =>
      this.#secondHop(at, text),
    );
    const result = driver.drive(request);
    engine.finish(request);
    return { ...result, upstream: driver.upstream };
  }

  /** A backend that the configuration itself serves. */
  #secondHop(address: number, bytes: string): HopAnswer {
    const { head, body, upstream, closed } = this.#exchange(this.#listenOf(address), bytes);
    return { head, body, upstream, closed };
  }
}

type HopAnswer = Pick<Replayed, 'head' | 'body' | 'upstream' | 'closed'>;

function silence(closed: boolean): Omit<Replayed, 'upstream'> {
  return { status: 'none', head: '', body: '', tunnel: false, closed };
}
type Hop = (port: number, bytes: string) => HopAnswer;

class Driver {
  readonly upstream: { backend: string; head: string; body: string }[] = [];
  readonly #engine: Engine;
  readonly #backends: Readonly<Record<string, string>>;
  readonly #hop: Hop;
  readonly #rest: string;

  constructor(engine: Engine, backends: Readonly<Record<string, string>>, rest: string, hop: Hop) {
    this.#engine = engine;
    this.#backends = backends;
    this.#rest = rest;
    this.#hop = hop;
  }

  drive(request: Request): Omit<Replayed, 'upstream'> {
    const engine = this.#engine;
    let upstreamBody = '';
    for (let action: Action = request.action; ;) {
      for (const child of request.background?.splice(0) ?? []) this.drive(child);
      switch (action) {
        case 'respond':
        case 'forward':
        case 'tunnel': {
          // An answer that switches protocols unasked gives nothing to flush: nginx keeps its head back.
          const silent = action === 'forward' && request.upstream!.status === 101;
          const head = engine.responseHead(request);
          if (head === null) {
            ({ action } = request);
            break;
          }
          if (action !== 'respond') engine.upstreamDone(request);
          const raw = action === 'respond' ? partsText(request) : upstreamBody;
          if (silent) return silence(false);
          const body = request.headerOnly ? '' : request.chunked ? chunked(raw) : raw;
          const status = statusOf(head);
          if (action === 'tunnel') return { status, head, body: '', tunnel: status === 101, closed: false };
          return { status, head, body, tunnel: false, closed: false };
        }
        case 'proxy': {
          const answer = this.#connect(request);
          // Nothing comes from the upstream: nginx waits, and so does the client.
          if (answer === 'silent') return silence(false);
          if (answer === null) {
            action = engine.upstreamFailed(request, 'error');
            break;
          }
          request.upstream!.requestSent = true;
          const next = engine.upstreamHead(request, answer.head + answer.body);
          if (next === null) action = engine.upstreamFailed(request, 'error');
          else {
            upstreamBody = (answer.head + answer.body).slice(request.upstream!.headEnd);
            action = next;
          }
          break;
        }
        case 'read-body':
          request.requestBody = {
            length: this.#bodyText(request).length,
            bytes: () => this.#bodyText(request),
            file: '',
          };
          action = engine.resume(request);
          break;
        case 'subrequest':
          this.drive(request.child!);
          engine.finish(request.child!);
          action = engine.resume(request);
          break;
        case 'delay':
        case 'discard-body':
          request.bodyDiscarded = true;
          request.contentLength = 0;
          action = engine.resume(request);
          break;
        case 'begin':
          action = engine.resume(request);
          break;
        default:
          return silence(true);
      }
    }
  }

  #bodyText(request: Request): string {
    return request.chunkedRequest ? unchunk(this.#rest) : this.#rest.slice(0, request.contentLength);
  }

  #connect(request: Request): { head: string; body: string } | null | 'silent' {
    const upstream = request.upstream!;
    const head = this.#engine.upstreamRequestHead(request);
    const { port } = upstream.peer;
    const backend = ports.backends.indexOf(port);
    const name = backend < 0 ? undefined : `B${backend + 1}`;
    if (name === undefined) return null;
    const mode = this.#backends[name]!;
    if (mode === 'refuse') return null;
    const end = head.indexOf('\r\n\r\n') + 4;
    const passes = upstream.passBody && !upstream.ownBody && request.requestBody !== null;
    const body = upstream.ownBody ? head.slice(end) : passes ? request.requestBody!.bytes() : '';
    if (mode === 'nginx') {
      const answer = this.#hop(port, head.slice(0, end) + body);
      this.upstream.push(...answer.upstream);
      return answer.head === '' && !answer.closed ? 'silent' : answer;
    }
    // The backends know no HTTP/2: they take its preface for two requests.
    const heads = head.startsWith('PRI ') ? head.match(/.*\r\n\r\n/g)! : [head.slice(0, end)];
    for (const each of heads) this.upstream.push({ backend: name, head: each, body });
    // A backend that waits for a body that never comes answers nothing before nginx gives up on it.
    const declared = /\r\nContent-Length: (\d+)\r\n/i.exec(head);
    if (declared !== null && Number(declared[1]) > body.length) return 'silent';
    return backendAnswer(name, mode, head);
  }
}

function statusOf(head: string): number | 'none' {
  return head === '' ? 'none' : Number(head.slice(9, 12));
}

function partsText({ body }: Request): string {
  if (body === null) return '';
  if (typeof body === 'string') return body;
  return body.map((part: BodyPart) => (typeof part === 'string' ? part : `<${part.kind}>`)).join('');
}

function chunked(text: string): string {
  return text === '' ? '0\r\n\r\n' : `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

function unchunk(text: string): string {
  let result = '';
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (!(size > 0)) return result;
    result += text.slice(end + 2, end + 2 + size);
    at = end + 4 + size;
  }
}
