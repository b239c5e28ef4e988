import type { Plan } from '../3-plan/schema.ts';
import { accessLog } from './access-log.ts';
import { sendRate } from './response/send-rate.ts';
import type { Engine, World } from './api.ts';
import { abandon, begin } from './begin.ts';
import { serverTable } from './choose-server.ts';
import { compileLocation, compileServer } from './compile-location.ts';
import type { CompiledLocation, CompiledServer } from './compiled.ts';
import { EngineContext } from './context.ts';
import { certificatesFor } from './certificates.ts';
import { engineModules } from './modules/index.ts';
import { startPostAction } from './modules/post-action.ts';
import { finish, run } from './phases/run.ts';
import { exchangeOf } from './proxy/exchange.ts';
import { leaveCache } from './proxy/leave-cache.ts';
import { storeJob, stored } from './proxy/store.ts';
import { finalizing, releasePeer, upstreamNext } from './proxy/next.ts';
import { upstreamHead } from './proxy/response.ts';
import { setUpstreamAddresses } from './proxy/upstreams.ts';
import { Request } from './request.ts';
import { responseHead } from './response/head.ts';
import { passTrailers } from './proxy/trailers.ts';
import { defineCoreVariables } from './variables/core.ts';
import { defineHeaderVariables } from './variables/headers.ts';
import { defineUpstreamVariables } from './variables/upstream.ts';
import { ZoneStore } from './zones/zone-store.ts';

/**
 * Makes a plan ready to serve requests. Servers and locations are compiled at their first request. The plan must have an
 * `http` section; `zones` are those of the engine before, after a reload. A regular expression that cannot be matched never matches, and says so in the error log.
 */
export function compileEngine(plan: Plan, world: World, zones: ZoneStore = new ZoneStore()): Engine {
  if (plan.http === null) throw new Error('the plan has no http section');
  const cx = new EngineContext(plan, plan.http, world, zones);
  const locations: CompiledLocation[] = [];
  const servers: CompiledServer[] = [];
  cx.location = (index) => (locations[index] ??= compileLocation(cx, index));
  cx.server = (index) => (servers[index] ??= compileServer(cx, index));
  defineHeaderVariables(cx.variables, cx);
  defineCoreVariables(cx.variables, cx);
  defineUpstreamVariables(cx.variables);
  for (const { define } of engineModules) define?.(cx);
  const endings = engineModules.flatMap(({ finish: end }) => (end === undefined ? [] : [end]));
  /** A TLS handshake is no request yet: takes the captures of names that are patterns. */
  const handshakeRequest = (listen: number): Request =>
    new Request({ listen } as Request['connection'], null);
  return {
    plan,
    world,
    begin: (connection, bytes, from, options) => begin(cx, connection, bytes, from, options?.traced ?? false),
    abandon: (connection, bytes, from, status) => abandon(cx, connection, bytes, from, status),
    resume(request) {
      if (request.action === 'read-body' && request.chunkedRequest && request.requestBody !== null) {
        request.contentLength = request.requestBody.length;
      }
      request.delay = 0;
      if (request.action === 'begin') request.main.activity = '';
      const { answering } = request;
      if (answering === null) return (request.action = run(cx, request));
      request.answering = null;
      return (request.action = finish(cx, request, answering()));
    },
    bodyFailed: (request, status) => (request.action = finish(cx, request, status)),
    upstreamRequestHead: (request) => exchangeOf(request).head!,
    upstreamHead: (request, bytes) => {
      request.main.activity = 'reading response header from upstream';
      const action = upstreamHead(cx, request, bytes);
      if (action !== null) request.action = action;
      return action;
    },
    upstreamFailed(request, failure) {
      const exchange = exchangeOf(request);
      request.main.activity = exchange.requestSent
        ? 'reading response header from upstream'
        : 'connecting to upstream';
      const result = upstreamNext(cx, request, exchange, failure);
      request.main.activity = finalizing;
      return (request.action = finish(cx, request, result));
    },
    upstreamDone(request) {
      releasePeer(cx, request, exchangeOf(request));
      request.main.activity = finalizing;
    },
    storeJob: (request) => storeJob(cx, request),
    stored: (request, file) => stored(cx, request, file),
    responseHead: (request) => responseHead(cx, request),
    sendRate: (request) => sendRate(cx, request),
    responseTrailers: (request) => {
      passTrailers(request);
      request.location.addTrailers?.(request);
      const { trailersOut } = request;
      let text = '';
      for (let at = 0; at < trailersOut.length; at += 2)
        text += `${trailersOut[at]}: ${trailersOut[at + 1]}\r\n`;
      return text;
    },
    finish(request) {
      if (request.upstream !== null) {
        const exchange = exchangeOf(request);
        releasePeer(cx, request, exchange);
        leaveCache(cx, exchange, 0);
      }
      startPostAction(cx, request);
      for (const end of endings) end(request);
    },
    accessLog: (request) => accessLog(cx, request),
    setUpstreamAddresses: (upstream, server, addresses) =>
      setUpstreamAddresses(cx, upstream, server, addresses),
    selectListen: (listen, localAddress) => selectListen(plan, listen, localAddress),
    certificates: (server, connection, name) => certificatesFor(cx, server, connection, name),
    serverForName(listen, name) {
      const table = serverTable(cx, listen);
      return name === '' ? table.default : table.find(name.toLowerCase(), handshakeRequest(listen));
    },
  };
}

/** The specific address of the same port where the socket is a wildcard one (ngx_http_init_connection). */
function selectListen(plan: Plan, listen: number, localAddress: string): number {
  const { listens } = plan.http!;
  const socket = listens[listen]!;
  if (!socket.wildcard) return listen;
  const specific = listens.findIndex(
    ({ address, port, path, bind }) =>
      path === '' && !bind && port === socket.port && address === localAddress,
  );
  return specific === -1 ? listen : specific;
}
