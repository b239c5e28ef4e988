import { emptyHttp, lower } from '../3-plan/lower.ts';
import type { Plan } from '../3-plan/schema.ts';
import { run, share, type ResolveOptions, type Shared } from '../2-resolve/resolve.ts';
import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { compileEngine } from '../engine/engine.ts';
import type { Connection, Engine, World } from '../engine/api.ts';
import { realFileSystem } from '../runtime/file-system.ts';
import type { SourceFile } from '../text/source-file.ts';
import { BlockIndex } from './block-index.ts';
import { nameOfListen } from './listener.ts';
import type { ExplainedRequest } from './request.ts';

/** A configuration read as one nginx version reads it, ready to be asked about requests. */
export interface Situation {
  readonly config: ResolvedConfig;
  readonly plan: Plan;
  readonly engine: Engine;
  readonly blocks: BlockIndex;
  /** `plan/…`: what the model does not know. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface SituationOptions extends Omit<ResolveOptions, 'target'> {
  readonly target: string;
  /** Milliseconds since the first request, for requests that come one after the other; without it all come in the same moment. */
  readonly elapsed?: () => number;
}

/**
 * Null as situation when nginx would refuse the configuration: then there is only its verdict, in `config`.
 *
 * @param shared what the situations of several versions have in common
 */
export function situationOf(
  source: SourceFile,
  options: SituationOptions,
  shared: Shared = share(options),
): { readonly config: ResolvedConfig; readonly situation: Situation | null } {
  const { config } = run(source, options, options.target, shared);
  if (!config.verdict.ok) return { config, situation: null };
  return { config, situation: situate(config, options) };
}

/** The same for a configuration that is resolved already. `prepare` may change the plan before the engine reads it. */
export function situate(
  config: ResolvedConfig,
  options: Pick<SituationOptions, 'prefix' | 'root' | 'elapsed'> & {
    readonly prepare?: (plan: Plan) => void;
  } = {},
): Situation {
  const { plan, diagnostics } = lower(config, options.prefix === undefined ? {} : { prefix: options.prefix });
  if (plan.http !== null) options.prepare?.(plan);
  return {
    config,
    plan,
    diagnostics,
    blocks: new BlockIndex(config, plan),
    // A configuration without an `http` block is no mistake; nobody listens then.
    engine: compileEngine(
      { ...plan, http: plan.http ?? emptyHttp() },
      frozenWorld(options.root, options.elapsed),
    ),
  };
}

/** Takes the limits out of a plan, to ask it about requests that do not come one after the other. */
export function withoutLimits(plan: Plan): void {
  const { settings } = plan.http!;
  settings.limitReq = settings.limitReq.map((group) => ({ ...group, limit_req: [] }));
  settings.limitConn = settings.limitConn.map((group) => ({ ...group, limit_conn: [] }));
}

/** 2026-01-01: explanations have to be the same each time. Files are real, because nginx looks at them too. */
const frozenTime = Date.UTC(2026, 0, 1);

const oneConnection: ReturnType<World['connections']> = {
  accepted: 1,
  handled: 1,
  requests: 1,
  active: 1,
  reading: 0,
  writing: 1,
  waiting: 0,
};

function frozenWorld(root: string | undefined, elapsed = () => 0): World {
  const below = (path: string): string => (root === undefined ? path : `${root.replace(/\/+$/, '')}${path}`);
  const files = realFileSystem;
  return {
    now: () => frozenTime + elapsed(),
    monotonic: elapsed,
    httpDate: () => new Date(frozenTime).toUTCString(),
    random: () => 0.5,
    connections: () => oneConnection,
    pid: 1,
    hostname: 'localhost',
    environment: {},
    files: {
      stat: (path) => files.stat(below(path)),
      lstat: (path) => files.lstat(below(path)),
      read: (path) => files.read(below(path)),
      readPart: (path, at, length) => files.readPart(below(path), at, length),
      list: (path) => files.list(below(path)),
      realpath: (path) => files.realpath(below(path)),
      access: (path) => files.access(below(path)),
      link: (path) => files.link(below(path)),
    },
    log: () => {},
  };
}

/**
 * The listener that a request would come to: the one of the URL's port (and TLS), else the first that is no other
 * server's upstream in this very configuration. `note` says so when the port of the URL is not listened on.
 */
export function chooseListen(
  plan: Plan,
  request: ExplainedRequest,
): { readonly index: number; readonly note: string | null } | null {
  const listens = plan.http?.listens ?? [];
  if (listens.length === 0) return null;
  const indexes = listens.map((_, index) => index);
  const upstreamAddresses = new Set(
    (plan.http?.upstreams ?? []).flatMap(({ servers }) =>
      servers.flatMap(({ addresses }) => addresses.map(({ name }) => name)),
    ),
  );
  const first = indexes.find((index) => !upstreamAddresses.has(nameOfListen(listens[index]!))) ?? 0;
  if (request.port === null) return { index: first, note: null };
  const samePort = indexes.filter(
    (index) => listens[index]!.path === '' && listens[index]!.port === request.port,
  );
  const sameHost = samePort.filter((index) => listens[index]!.address === request.hostname);
  const fitting = [...sameHost, ...samePort];
  const index = fitting.find((each) => listens[each]!.ssl === request.tls) ?? fitting[0];
  if (index !== undefined) return { index, note: null };
  const byTls = indexes.find(
    (each) => listens[each]!.ssl === request.tls && !upstreamAddresses.has(nameOfListen(listens[each]!)),
  );
  const chosen = byTls ?? first;
  return {
    index: chosen,
    note: `nothing listens on port ${request.port}; taken as if it came in on ${nameOfListen(listens[chosen]!)}, as behind a port mapping`,
  };
}

/** A client on loopback. */
export function connectionTo(plan: Plan, index: number, request: ExplainedRequest): Connection {
  const listen = plan.http!.listens[index]!;
  const ipv6 = listen.address.includes(':');
  const local =
    listen.path !== '' ? 'unix:' : listen.wildcard ? (ipv6 ? '::1' : '127.0.0.1') : listen.address;
  return {
    listen: index,
    serial: 1,
    remoteAddress: listen.path !== '' ? 'unix:' : ipv6 ? '::1' : '127.0.0.1',
    remotePort: listen.path !== '' ? 0 : 50000,
    serverAddress: local,
    serverPort: listen.port,
    requests: 0,
    tls: listen.ssl ? { serverName: request.hostname, variable: () => '' } : null,
    proxyProtocol: null,
    startedAt: frozenTime,
    pipelined: false,
  };
}
