import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler, PhaseName } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { accessHandler } from './access.ts';
import { authBasicHandler } from './auth-basic.ts';
import { authRequestHandler } from './auth-request.ts';
import { autoindexHandler } from './autoindex.ts';
import { charsetFilter } from './charset.ts';
import { defineGeos, defineSplitClients } from './geo.ts';
import { defineLimitConn, limitConnHandler, releaseConnections } from './limit-conn.ts';
import { defineLimitReq, limitReqHandler } from './limit-req.ts';
import { defineMaps } from './map.ts';
import { mirrorHandler } from './mirror.ts';
import { defineRealip, realipHandler, restoreAddress } from './realip.ts';
import { defineReferer } from './referer.ts';
import { defineSecureLink } from './secure-link.ts';
import { defineSsi } from './ssi.ts';
import { defineStubStatus } from './stub-status.ts';
import { defineUserid } from './userid.ts';

/** What a module adds to the engine. A module without a part leaves it out. */
export interface EngineModule {
  readonly name: string;
  /** Defines the module's variables. */
  define?(cx: EngineContext): void;
  /** Handlers for a location, null where its settings switch the module off. */
  readonly handlers?: Partial<
    Record<PhaseName, (cx: EngineContext, settings: AllSettings) => PhaseHandler | null>
  >;
  /** Runs when a request is over. */
  finish?(request: Request): void;
}

/** In the order in which nginx runs their handlers within a phase. */
export const engineModules: readonly EngineModule[] = [
  { name: 'userid', define: defineUserid },
  {
    name: 'charset',
    define: (cx) => {
      cx.headFilters.push(charsetFilter(cx));
    },
  },
  { name: 'map', define: defineMaps },
  { name: 'geo', define: defineGeos },
  { name: 'split_clients', define: defineSplitClients },
  { name: 'referer', define: defineReferer },
  { name: 'secure_link', define: defineSecureLink },
  { name: 'ssi', define: defineSsi },
  { name: 'stub_status', define: defineStubStatus },
  {
    name: 'realip',
    define: defineRealip,
    handlers: { postRead: realipHandler, preaccess: realipHandler },
    finish: restoreAddress,
  },
  { name: 'limit_req', define: defineLimitReq, handlers: { preaccess: limitReqHandler } },
  {
    name: 'limit_conn',
    define: defineLimitConn,
    handlers: { preaccess: limitConnHandler },
    finish: releaseConnections,
  },
  { name: 'access', handlers: { access: accessHandler } },
  { name: 'auth_basic', handlers: { access: authBasicHandler } },
  { name: 'auth_request', handlers: { access: authRequestHandler } },
  { name: 'mirror', handlers: { precontent: mirrorHandler } },
  { name: 'autoindex', handlers: { content: autoindexHandler } },
];
