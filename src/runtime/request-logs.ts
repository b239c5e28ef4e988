import type { Location, Plan } from '../3-plan/schema.ts';
import { clientAddress, inAnyCidr, parseCidr, type Cidr } from '../engine/algorithms/cidr.ts';
import type { Connection, Engine, LogLevel } from '../engine/api.ts';
import type { CompiledLocation } from '../engine/compiled.ts';
import type { Request } from '../engine/request.ts';
import type { UpstreamExchange } from '../engine/upstream-exchange.ts';
import type { LogRequest } from './data-path.ts';
import { requestContext } from './log/error-line.ts';
import { pathCacheLimits } from './log/path-cache-limits.ts';
import type { PathCacheLimits } from './log/path-cache.ts';
import { accessLogTarget, errorLogTargets } from './process/plan-settings.ts';
import type { Services } from './services.ts';
import { settingsReader } from './settings.ts';

/** Connections that `debug_connection` is about: all their messages are written. */
export class DebuggedConnections {
  readonly #cidrs: readonly Cidr[];
  readonly #connections = new WeakSet<Connection>();

  /** @param networks as in `plan.process.debugConnections` */
  constructor(networks: readonly string[]) {
    this.#cidrs = networks.flatMap((text) =>
      text === 'unix:' ? { family: 'unix' as const } : (parseCidr(text)?.cidr ?? []),
    );
  }

  /** Looks at a new connection, before anything changes its address. */
  add(connection: Connection): void {
    if (this.#cidrs.length === 0) return;
    const address = clientAddress(connection.remoteAddress);
    if (address !== null && inAnyCidr(address, this.#cidrs)) this.#connections.add(connection);
  }

  has(connection: Connection): boolean {
    return this.#cidrs.length > 0 && this.#connections.has(connection);
  }
}

/**
 * The error logs of requests: that of the request's location, or else the main one.
 *
 * @throws an Error with nginx's message when a file cannot be opened
 */
export function requestLogger(plan: Plan, services: Services, debugged: DebuggedConnections): LogRequest {
  const core = settingsReader(plan, 'core');
  const loggers = new Map(
    (plan.http?.locations ?? []).map((location) => {
      const { error_log: targets } = core(location);
      const logger =
        targets.length === 0 ? services.errorLog : services.errorLogs.logger(errorLogTargets(plan, targets));
      return [location, logger] as const;
    }),
  );
  return (level, message, request, activity) => {
    const location = request?.location as CompiledLocation | undefined;
    const logger = (location === undefined ? undefined : loggers.get(location.plan)) ?? services.errorLog;
    const always = request !== null && debugged.has(request.connection);
    if (!always && !logger.takes(level)) return;
    if (request === null) logger.write(level, message);
    else logger.write(level, message + describe(request, activity), request.connection.serial, always);
  };
}

/** The value of a request header line, null without. */
function header(request: Request, name: string): string | null {
  const { headers } = request;
  for (let index = 1; index < headers.length; index += 3)
    if (headers[index] === name) return headers[index + 1]!;
  return null;
}

function schema({ headless, gateway, tls }: UpstreamExchange): string {
  if (headless) return '';
  if (gateway === null) return tls ? 'https://' : 'http://';
  return `${tls ? 's' : ''}${gateway.name}://`;
}

/** ngx_http_log_error_handler: client, server, request, subrequest, upstream, host, referrer. */
function describe(about: Request, activity: string): string {
  const request = about.endedBy ?? about;
  const { main } = request;
  const exchange = request.upstream;
  return requestContext({
    client: request.connection.remoteAddress,
    action: activity === '' ? null : activity,
    server: request.server?.name ?? '',
    requestLine: main.requestLine,
    subrequest: main === request ? null : request.uri,
    upstream:
      exchange === null || exchange.peer.name === ''
        ? null
        : `${schema(exchange)}${exchange.peer.name}${exchange.peer.path === '' ? '' : ':'}${exchange.uri}`,
    host: header(main, 'host'),
    referrer: header(main, 'referer'),
  });
}

/**
 * Writes the access log lines of requests that are over.
 *
 * @throws an Error with nginx's message when a file cannot be opened
 */
export function accessLogger(plan: Plan, services: Services, engine: Engine): (request: Request) => void {
  const writers = (plan.http?.accessLogs ?? []).map((destination) => {
    const target = accessLogTarget(destination);
    return target === null ? null : services.accessLogs.open(target);
  });
  const settings = settingsReader(plan, 'log');
  // One cache for each written directive, shared by the locations that inherit it, as in nginx.
  const limits = new Map<readonly string[], PathCacheLimits | null>();
  const limitsOf = (location: Location): PathCacheLimits | null => {
    const words = settings(location).open_log_file_cache;
    let known = limits.get(words);
    if (known === undefined) limits.set(words, (known = pathCacheLimits(words)));
    return known;
  };
  return (request) => {
    for (const { log, path, line } of engine.accessLog(request)) {
      if (path === null) writers[log]?.(line.slice(0, -1));
      else {
        const failure = services.accessLogs.writeTo(path, limitsOf(request.location.plan), line.slice(0, -1));
        if (failure !== null) services.errorLog.write('crit' satisfies LogLevel, failure);
      }
    }
  };
}
