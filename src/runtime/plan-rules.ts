import type { Plan, ProxySettings } from '../3-plan/schema.ts';
import type { Engine } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import type { SendRules } from './client/client-sink.ts';
import type { LingeringRules } from './client/lingering.ts';
import type { BodyRules } from './client/request-body.ts';
import { tempFolder } from './files/temp-folders.ts';
import { numberedError } from './resolver/errors.ts';
import { resolversOf } from './resolver/plan-resolvers.ts';
import type { Rules } from './rules.ts';
import { settingsReader, targetIsAtLeast } from './settings.ts';
import type { SpoolLimits } from './upstream/response-spool.ts';

/** nginx's default of `postpone_output`, in bytes. */
const defaultPostpone = 1460;

/** How far answers may run ahead of clients: without buffering, with chunks, and otherwise. */
function spoolLimits(settings: ProxySettings): Record<'unbuffered' | 'chunked' | 'plain', SpoolLimits> {
  const { number, size } = settings.proxy_buffers;
  const { path, levels } = settings.proxy_temp_path;
  const tempPath = { path: tempFolder(path), levels };
  const chunked = { memory: number * size, file: settings.proxy_max_temp_file_size, unit: 0, tempPath };
  return {
    unbuffered: { memory: 0, file: 0, unit: 0, tempPath },
    chunked,
    plain: { ...chunked, unit: size },
  };
}

type CoreSettings = Request['location']['core'];

function lingeringRules(core: CoreSettings): LingeringRules {
  return { mode: core.lingering_close, time: core.lingering_time, timeout: core.lingering_timeout };
}

function unlimitedSending(core: CoreSettings): SendRules {
  const postpone = Number(core.postpone_output[0] ?? defaultPostpone);
  return { postpone, timeout: core.send_timeout, rate: 0, rateAfter: 0 };
}

function bodyRules(request: Request, bareLineFeeds: boolean): BodyRules {
  const { core } = request.location;
  const { path, levels } = core.client_body_temp_path;
  return {
    contentLength: request.chunkedRequest ? -1 : request.contentLength,
    bufferSize: core.client_body_buffer_size,
    maxSize: core.client_max_body_size,
    inFileOnly: core.client_body_in_file_only,
    tempPath: { path: tempFolder(path), levels },
    bareLineFeeds,
  };
}

/** Makes what follows from settings once for each of them. */
function once<Settings extends object, Value>(
  make: (settings: Settings) => Value,
): (settings: Settings) => Value {
  const made = new Map<Settings, Value>();
  return (settings) => {
    let value = made.get(settings);
    if (value === undefined) made.set(settings, (value = make(settings)));
    return value;
  };
}

/** The rules as a plan gives them. */
export function planRules(plan: Plan, engine: Engine): Rules {
  const core = settingsReader(plan, 'core');
  const coreOf = (request: Request): CoreSettings => request.location.core;
  const resolvers = resolversOf(plan);
  const bareLineFeeds = !targetIsAtLeast(plan, '1.29.2');
  const http = plan.http!;
  const lingering = once(lingeringRules);
  const unlimited = once(unlimitedSending);
  const spools = once(spoolLimits);
  return {
    bareLineFeeds,
    headerTimeout: (connection) => {
      const server = http.servers[http.listens[connection.listen]!.default]!;
      return core(http.locations[server.location]!).client_header_timeout;
    },
    keepaliveTimeout: (request) => coreOf(request).keepalive_timeout.timeout,
    lingering: (request) => lingering(coreOf(request)),
    resetTimedOut: (request) => coreOf(request).reset_timedout_connection,
    body: (request) => bodyRules(request, bareLineFeeds),
    bodyTimeout: (request) => coreOf(request).client_body_timeout,
    removeBodyFile: (request) => coreOf(request).client_body_in_file_only !== 'on',
    send: (request) => {
      const { rate, after } = engine.sendRate(request);
      const rules = unlimited(coreOf(request));
      return rate === 0 ? rules : { ...rules, rate, rateAfter: after };
    },
    tunnelTimeouts: (request, clientSend) => {
      const { proxy_read_timeout: read, proxy_send_timeout: send } = request.upstream!.settings;
      return { read, send, clientSend };
    },
    spool: ({ settings, buffering, chunked }) => {
      const limits = spools(settings);
      return !buffering ? limits.unbuffered : chunked ? limits.chunked : limits.plain;
    },
    ignoreClientAbort: (request) => request.upstream?.settings.proxy_ignore_client_abort ?? false,
    resolve: (services, request, resolution, done) =>
      services.resolve(
        resolvers[resolution.resolver]!,
        resolution.name,
        coreOf(request).resolver_timeout,
        (error, addresses) => done(error === '' ? '' : numberedError(error), addresses),
      ),
  };
}
