import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { accessHandler } from './access.ts';
import { authBasicHandler } from './auth-basic.ts';
import { defineGeos, defineSplitClients } from './geo.ts';
import { defineLimitConn, limitConnHandler, releaseConnections } from './limit-conn.ts';
import { defineLimitReq, limitReqHandler } from './limit-req.ts';
import { defineMaps } from './map.ts';
import { defineRealip, realipHandler, restoreAddress } from './realip.ts';
import { defineReferer } from './referer.ts';
import { defineSecureLink } from './secure-link.ts';

/** Makes a module's handler for the settings of a location; null where the module has nothing to do. */
export type HandlerMaker = (cx: EngineContext, settings: AllSettings) => PhaseHandler | null;

/** Handlers by phase, in the order nginx runs them (the reverse of its order of modules). */
export const postReadHandlers: readonly HandlerMaker[] = [realipHandler];
export const preaccessHandlers: readonly HandlerMaker[] = [realipHandler, limitReqHandler, limitConnHandler];
export const accessHandlers: readonly HandlerMaker[] = [accessHandler, authBasicHandler];

/** The handlers that have something to do with these settings. */
export function makeHandlers(
  makers: readonly HandlerMaker[],
  cx: EngineContext,
  settings: AllSettings,
): PhaseHandler[] {
  return makers.flatMap((make) => make(cx, settings) ?? []);
}

const definers: readonly ((cx: EngineContext) => void)[] = [
  defineMaps,
  defineGeos,
  defineSplitClients,
  defineReferer,
  defineSecureLink,
  defineRealip,
  defineLimitReq,
  defineLimitConn,
];

/** Defines the variables of all modules here. */
export function defineModuleVariables(cx: EngineContext): void {
  for (const define of definers) define(cx);
}

/** What modules do when a request is over: zones are released, the connection gets its own address back. */
export function finishModules(request: Request): void {
  if (request.lasting === null) return;
  releaseConnections(request);
  restoreAddress(request);
}
