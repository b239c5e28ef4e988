import type { Action, Connection, Engine, TraceStep } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import { answerHead, conformingUpstream, type UpstreamAssumption } from './assumed-upstream.ts';
import { handshakeFaults, parseRequestHead, statusOf, type HandshakeFault } from './handshake.ts';
import { listenerAt } from './listener.ts';
import { plainAnswer } from './plain-answer.ts';
import { bodyOf } from './request-body.ts';

/** A request as it arrived at an upstream, and what a conforming server there made of it. */
export interface UpstreamVisit {
  readonly address: string;
  readonly scheme: 'http' | 'https';
  /** The exact bytes of the head. */
  readonly head: string;
  /** A subrequest's visit: authentication, mirror, include. */
  readonly subrequest: boolean;
  /** How many servers of this same configuration passed the request on before. */
  readonly hop: number;
  readonly faults: readonly HandshakeFault[];
  /** The status that was assumed as its answer; 0 when the connection was refused. */
  readonly status: number;
  /** The upstream is a server of this configuration, which answered: by itself, or with what further visits brought. */
  readonly hopAnswer: 'own' | 'passed on' | null;
  /** The request that was passed on, for its settings and origins. */
  readonly request: Request;
}

export interface Outcome {
  readonly request: Request | null;
  /**
   * How it ended: with a tunnel, with the upstream's own answer, with an answer of nginx, or without one. `stuck`: the
   * upstream switched protocols, but the client is told another status (error_page keeps it), so both wait for ever.
   */
  readonly end: 'tunnel' | 'stuck' | 'forwarded' | 'answered' | 'closed' | 'incomplete';
  /** The head that the client gets; '' when there is none. */
  readonly responseHead: string;
  readonly visits: readonly UpstreamVisit[];
  /** What had to be assumed because only the run decides it. */
  readonly assumptions: readonly string[];
}

export interface DriveOptions {
  /** {@link conformingUpstream} by default. */
  readonly upstream?: UpstreamAssumption;
  /** Whether the request notes its steps. */
  readonly traced?: boolean;
}

/** More actions than any request needs: nginx itself stops after ten internal redirects and fifty subrequests. */
const maxActions = 1000;

/** A chain of servers of one configuration that is longer goes in a circle. */
const maxHops = 10;

/**
 * Runs one request through the engine with assumed outcomes: upstreams follow RFC 6455, subrequests are allowed, names
 * resolve, nothing takes time. An upstream that is a server of this very configuration is asked itself. Pure but for the
 * engine's own run-time state (round robin goes on from one request to the next, as in nginx).
 *
 * @param raw head and body of the request as a latin1 byte string
 */
export function drive(
  engine: Engine,
  connection: Connection,
  raw: string,
  options: DriveOptions = {},
): Outcome {
  const visits: UpstreamVisit[] = [];
  const assumptions = new Set<string>();
  const run = new Run(engine, raw, options, {
    visits,
    assumptions,
    hop: 0,
    subrequest: false,
  });
  const { request, end, responseHead } = run.whole(connection);
  const byHop = end === 'forwarded' && answeredByHop(visits, 0);
  const stuck = end === 'tunnel' && statusOf(responseHead) !== 101;
  return {
    request,
    end: byHop ? 'answered' : stuck ? 'stuck' : end,
    responseHead,
    visits,
    assumptions: [...assumptions],
  };
}

/** Whether a visit is the client's own request, not a subrequest. */
export function isMain(visit: UpstreamVisit): boolean {
  return !visit.subrequest;
}

/** The visit that decides: the last one of the main request, as earlier ones were retries or led to an error page. */
export function decisiveVisit({ visits }: Outcome): UpstreamVisit | null {
  return visits.findLast((visit) => isMain(visit) && visit.hopAnswer === null) ?? null;
}

/** Whether what a hop passes back was made by a server of this configuration behind it. */
function answeredByHop(visits: readonly UpstreamVisit[], hop: number): boolean {
  return visits.findLast((visit) => isMain(visit) && visit.hop === hop)?.hopAnswer === 'own';
}

interface Ended {
  readonly request: Request | null;
  readonly end: Outcome['end'];
  readonly responseHead: string;
}

/** What the runs of all hops write to. */
interface Notes {
  readonly visits: UpstreamVisit[];
  readonly assumptions: Set<string>;
  readonly hop: number;
  /** On behalf of a subrequest of an earlier hop. */
  readonly subrequest: boolean;
}

class Run {
  readonly #engine: Engine;
  readonly #raw: string;
  readonly #options: DriveOptions;
  readonly #notes: Notes;
  #actions = 0;

  constructor(engine: Engine, raw: string, options: DriveOptions, notes: Notes) {
    this.#engine = engine;
    this.#raw = raw;
    this.#options = options;
    this.#notes = notes;
  }

  whole(connection: Connection, steps: TraceStep[] | null = null): Ended {
    const engine = this.#engine;
    const request = engine.begin(connection, this.#raw, 0, { traced: this.#options.traced ?? false });
    if (request === null) return { request: null, end: 'incomplete', responseHead: '' };
    let end = this.#toEnd(request);
    let responseHead: string | null = null;
    while (end === 'answered' || end === 'tunnel' || end === 'forwarded') {
      responseHead = engine.responseHead(request);
      if (responseHead !== null) break;
      end = this.#toEnd(request);
    }
    if (end === 'tunnel' || end === 'forwarded') engine.upstreamDone(request);
    engine.finish(request);
    steps?.push(...(request.trace ?? []));
    return { request, end, responseHead: responseHead ?? '' };
  }

  #toEnd(request: Request): Outcome['end'] {
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
        case 'discard-body':
          request.bodyDiscarded = true;
          request.contentLength = 0;
          action = this.#engine.resume(request);
          break;
        case 'begin':
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
        case 'file':
          this.#notes.assumptions.add('the change to files succeeds');
          action = this.#engine.resume(request);
          break;
        case 'delay':
          this.#notes.assumptions.add('the delay of limit_req or auth_delay ends before the client gives up');
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
    const end = this.#toEnd(child);
    if (end === 'forwarded' || end === 'tunnel') this.#engine.upstreamDone(child);
    this.#engine.finish(child);
  }

  #visit(request: Request): Action {
    const engine = this.#engine;
    const { visits, assumptions, hop } = this.#notes;
    const bytes = engine.upstreamRequestHead(request);
    const { gateway } = request.upstream!;
    if (gateway !== null) {
      const { server, answer } = plainAnswer(gateway.name, bytes);
      assumptions.add(`the ${server} server answers with 200`);
      return engine.upstreamHead(request, answer)!;
    }
    const head = bytes.slice(0, bytes.indexOf('\r\n\r\n') + 4);
    const upstream = request.upstream!;
    const subrequest = this.#notes.subrequest || request.parent !== null;
    const parsed = parseRequestHead(head);
    const faults = handshakeFaults(parsed);
    const visit = {
      address: upstream.peer.name,
      scheme: upstream.tls ? 'https' : 'http',
      head,
      subrequest,
      hop,
      faults,
      request,
    } as const;
    const next = hop < maxHops ? listenerAt(engine, upstream.peer.name) : null;
    if (next !== null) return this.#nextHop(request, next, visit, bytes);
    if (subrequest) assumptions.add(`the subrequest to ${request.uri} is answered with 200`);
    const assume = this.#options.upstream ?? conformingUpstream;
    const status = assume({ address: visit.address, head: parsed, faults, subrequest });
    visits.push({ ...visit, status: status === 'refused' ? 0 : status, hopAnswer: null });
    if (status === 'refused') return engine.upstreamFailed(request, 'error');
    return (
      engine.upstreamHead(request, answerHead(status)) ?? engine.upstreamFailed(request, 'invalid_header')
    );
  }

  /** The upstream is a server of this configuration: its own answer counts. */
  #nextHop(
    request: Request,
    listen: number,
    visit: Omit<UpstreamVisit, 'status' | 'hopAnswer'>,
    bytes: string,
  ): Action {
    const engine = this.#engine;
    const { visits, assumptions, hop } = this.#notes;
    const at = visits.length;
    const { path, address, port } = engine.plan.http!.listens[listen]!;
    request.trace?.push({
      phase: 'upstream',
      origin: engine.plan.http!.listens[listen]!.origin,
      message: `${visit.address} is a server of this configuration`,
    });
    const connection: Connection = {
      ...request.connection,
      listen,
      serverAddress: path === '' ? address : `unix:${path}`,
      serverPort: port,
      requests: 0,
      proxyProtocol: null,
    };
    const sent = bytes + (request.upstream!.ownBody ? '' : (request.requestBody?.bytes() ?? ''));
    const run = new Run(engine, sent, this.#options, {
      visits,
      assumptions,
      hop: hop + 1,
      subrequest: visit.subrequest,
    });
    const { end, responseHead } = run.whole(connection, request.trace);
    const status = statusOf(responseHead);
    const passedOn = end === 'tunnel' || (end === 'forwarded' && !answeredByHop(visits, hop + 1));
    visits.splice(at, 0, { ...visit, status, hopAnswer: passedOn ? 'passed on' : 'own' });
    if (responseHead === '') return engine.upstreamFailed(request, 'error');
    return engine.upstreamHead(request, responseHead) ?? engine.upstreamFailed(request, 'invalid_header');
  }

  #assumeResolved(request: Request): void {
    const resolution = request.resolve!;
    this.#notes.assumptions.add(`the name ${resolution.name} resolves when the request comes`);
    resolution.addresses = ['192.0.2.1']; // TEST-NET-1 (RFC 5737): never a real server
  }
}
