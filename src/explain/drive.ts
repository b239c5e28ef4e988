import type { Action, Connection, Engine, RequestBody } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import { conformingStatus, handshakeFaults, parseRequestHead, type HandshakeFault } from './handshake.ts';

/** A request as it arrived at an upstream, and what a conforming server there made of it. */
export interface UpstreamVisit {
  readonly address: string;
  readonly scheme: 'http' | 'https';
  /** The exact bytes of the head. */
  readonly head: string;
  /** A subrequest's visit: authentication, mirror, include. */
  readonly subrequest: boolean;
  readonly faults: readonly HandshakeFault[];
  /** The status that was assumed as its answer. */
  readonly status: number;
  /** The request that was passed on, for its settings and origins. */
  readonly request: Request;
}

export interface Outcome {
  readonly request: Request | null;
  /** How it ended: with a tunnel, with the upstream's own answer, with an answer of nginx, or without one. */
  readonly end: 'tunnel' | 'forwarded' | 'answered' | 'closed' | 'incomplete';
  /** The head that the client gets; '' when there is none. */
  readonly responseHead: string;
  readonly visits: readonly UpstreamVisit[];
  /** What had to be assumed because only the run decides it. */
  readonly assumptions: readonly string[];
}

/** More actions than any request needs: nginx itself stops after ten internal redirects and fifty subrequests. */
const maxActions = 1000;

/**
 * Runs one request through the engine with assumed outcomes: upstreams follow RFC 6455 (and answer 200 to what is no
 * handshake), subrequests are allowed, names resolve, nothing takes time. Pure but for the engine's own run-time state
 * (round robin goes on from one request to the next, as in nginx).
 *
 * @param raw head and body of the request as a latin1 byte string
 */
export function drive(engine: Engine, connection: Connection, raw: string): Outcome {
  const request = engine.begin(connection, raw, 0);
  if (request === null) {
    return { request: null, end: 'incomplete', responseHead: '', visits: [], assumptions: [] };
  }
  const run = new Run(engine, raw);
  const end = run.toEnd(request);
  const responseHead =
    end === 'answered' || end === 'tunnel' || end === 'forwarded' ? engine.responseHead(request) : '';
  if (end === 'tunnel' || end === 'forwarded') engine.upstreamDone(request);
  engine.finish(request);
  return { request, end, responseHead, visits: run.visits, assumptions: [...run.assumptions] };
}

class Run {
  readonly visits: UpstreamVisit[] = [];
  readonly assumptions = new Set<string>();
  readonly #engine: Engine;
  readonly #raw: string;
  #actions = 0;

  constructor(engine: Engine, raw: string) {
    this.#engine = engine;
    this.#raw = raw;
  }

  toEnd(request: Request): Outcome['end'] {
    let action: Action = request.action;
    for (;;) {
      this.#actions += 1;
      if (this.#actions > maxActions) return 'closed';
      this.#runBackground(request);
      switch (action) {
        case 'respond':
          return 'answered';
        case 'forward':
          return 'forwarded';
        case 'tunnel':
          return 'tunnel';
        case 'close':
        case 'done':
          return 'closed';
        case 'proxy':
          action = this.#visit(request);
          break;
        case 'read-body':
          request.requestBody = bodyOf(this.#raw, request);
          action = this.#engine.resume(request);
          break;
        case 'subrequest':
          this.#runChild(request.child!);
          action = this.#engine.resume(request);
          break;
        case 'resolve':
          this.#assumeResolved(request);
          action = this.#engine.resume(request);
          break;
        case 'delay':
          this.assumptions.add('the delay of limit_req or auth_delay ends before the client gives up');
          action = this.#engine.resume(request);
          break;
      }
    }
  }

  /** Mirrored copies: they arrive at upstreams, and change nothing else. */
  #runBackground(request: Request): void {
    const background = request.background ?? [];
    request.background = null;
    for (const child of background) this.#runChild(child);
  }

  #runChild(child: Request): void {
    const end = this.toEnd(child);
    if (end === 'forwarded' || end === 'tunnel') this.#engine.upstreamDone(child);
    this.#engine.finish(child);
  }

  #visit(request: Request): Action {
    const bytes = this.#engine.upstreamRequestHead(request);
    const head = bytes.slice(0, bytes.indexOf('\r\n\r\n') + 4);
    const upstream = request.upstream!;
    const subrequest = request.parent !== null;
    const parsed = parseRequestHead(head);
    const faults = handshakeFaults(parsed);
    let status = 200;
    if (subrequest) this.assumptions.add(`the subrequest to ${request.uri} is answered with 200`);
    else if (request.main.upgrade) status = conformingStatus(parsed, faults);
    this.visits.push({
      address: upstream.peer.name,
      scheme: upstream.tls === null ? 'http' : 'https',
      head,
      subrequest,
      faults,
      status,
      request,
    });
    return (
      this.#engine.upstreamHead(request, answerHead(status)) ??
      this.#engine.upstreamFailed(request, 'invalid_header')
    );
  }

  #assumeResolved(request: Request): void {
    const resolution = request.resolve!;
    this.assumptions.add(`the name ${resolution.name} resolves when the request comes`);
    resolution.addresses = ['192.0.2.1']; // TEST-NET-1 (RFC 5737): never a real server
  }
}

function answerHead(status: number): string {
  if (status === 101) {
    return [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      '\r\n',
    ].join('\r\n');
  }
  const reasons: Record<number, string> = { 200: 'OK', 400: 'Bad Request', 426: 'Upgrade Required' };
  return [
    `HTTP/1.1 ${status} ${reasons[status]}`,
    ...(status === 426 ? ['Upgrade: websocket'] : []),
    'Content-Type: text/plain',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

function bodyOf(raw: string, request: Request): RequestBody {
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
