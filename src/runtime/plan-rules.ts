import { isIP } from 'node:net';
import type { Plan, ProxySettings } from '../3-plan/schema.ts';
import type { Engine } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import type { SendRules } from './client/client-sink.ts';
import type { LingeringRules } from './client/lingering.ts';
import { tempFolder } from './files/temp-folders.ts';
import { numberedError } from './resolver/errors.ts';
import type { ResolverSettings } from './resolver/resolver.ts';
import type { Rules } from './rules.ts';
import { settingsReader, targetIsAtLeast } from './settings.ts';
import type { SpoolLimits } from './upstream/response-spool.ts';
import type { TunnelTimeouts } from './tunnel/tunnel.ts';

/** nginx's default of `postpone_output`, in bytes. */
const defaultPostpone = 1460;

/** The resolvers of a plan in the form that looks names up. */
export function resolversOf(plan: Plan): ResolverSettings[] {
  return (plan.http?.resolvers ?? []).map(({ addresses, valid, ipv4, ipv6 }) => ({
    servers: addresses.map((address) => {
      const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(address);
      if (bracketed) return { address: bracketed[1]!, port: Number(bracketed[2] ?? 53) };
      if (isIP(address) === 6) return { address, port: 53 };
      const colon = address.lastIndexOf(':');
      return colon < 0
        ? { address, port: 53 }
        : { address: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    }),
    valid: valid === 0 ? null : valid,
    ipv4,
    ipv6,
  }));
}

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

/** The rules as a plan gives them. */
export function planRules(plan: Plan, engine: Engine): Rules {
  const core = settingsReader(plan, 'core');
  const coreOf = (request: Request) => request.location.core;
  const resolvers = resolversOf(plan);
  const bareLineFeeds = !targetIsAtLeast(plan, '1.29.2');
  const http = plan.http!;
  const sendRules = new Map<object, SendRules>();
  const lingering = new Map<object, LingeringRules>();
  const spools = new WeakMap<ProxySettings, ReturnType<typeof spoolLimits>>();
  const timeouts = new WeakMap<ProxySettings, TunnelTimeouts>();

  const cached = <Value>(map: Map<object, Value>, request: Request, make: () => Value): Value => {
    const { core: settings } = request.location;
    let value = map.get(settings);
    if (value === undefined) map.set(settings, (value = make()));
    return value;
  };

  return {
    bareLineFeeds,
    headerTimeout: (connection) => {
      const server = http.servers[http.listens[connection.listen]!.default]!;
      return core(http.locations[server.location]!).client_header_timeout;
    },
    keepaliveTimeout: (request) => coreOf(request).keepalive_timeout.timeout,
    lingering: (request) =>
      cached(lingering, request, () => {
        const settings = coreOf(request);
        return {
          mode: settings.lingering_close,
          time: settings.lingering_time,
          timeout: settings.lingering_timeout,
        };
      }),
    resetTimedOut: (request) => coreOf(request).reset_timedout_connection,
    body: (request) => {
      const settings = coreOf(request);
      return {
        contentLength: request.chunkedRequest ? -1 : request.contentLength,
        bufferSize: settings.client_body_buffer_size,
        maxSize: settings.client_max_body_size,
        inFileOnly: settings.client_body_in_file_only,
        tempPath: {
          path: tempFolder(settings.client_body_temp_path.path),
          levels: settings.client_body_temp_path.levels,
        },
        bareLineFeeds,
      };
    },
    bodyTimeout: (request) => coreOf(request).client_body_timeout,
    removeBodyFile: (request) => coreOf(request).client_body_in_file_only !== 'on',
    send: (request) => {
      const settings = coreOf(request);
      const { rate, after } = engine.sendRate(request);
      if (rate === 0) {
        return cached(sendRules, request, () => ({
          postpone: Number(settings.postpone_output[0] ?? defaultPostpone),
          timeout: settings.send_timeout,
          rate: 0,
          rateAfter: 0,
        }));
      }
      return {
        postpone: Number(settings.postpone_output[0] ?? defaultPostpone),
        timeout: settings.send_timeout,
        rate,
        rateAfter: after,
      };
    },
    tunnelTimeouts: (request, clientSend) => {
      const { settings } = request.upstream!;
      let value = timeouts.get(settings);
      if (value === undefined) {
        value = { read: settings.proxy_read_timeout, send: settings.proxy_send_timeout, clientSend };
        timeouts.set(settings, value);
      }
      return value;
    },
    spool: ({ settings, buffering, chunked }) => {
      let limits = spools.get(settings);
      if (limits === undefined) spools.set(settings, (limits = spoolLimits(settings)));
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
