import { accessHandler } from './access.ts';
import { additionFilter } from './addition.ts';
import { authBasicHandler } from './auth-basic.ts';
import { authRequestHandler } from './auth-request.ts';
import { autoindexHandler } from './autoindex.ts';
import { defineBrowser } from './browser.ts';
import { charsetFilter } from './charset.ts';
import { defineFastcgiVariables } from '../gateways/fastcgi/variables.ts';
import { davHandler } from './dav.ts';
import { defineGeos, defineSplitClients } from './geo.ts';
import { defineLimitConn, limitConnHandler, releaseConnections } from './limit-conn.ts';
import { defineLimitReq, limitReqHandler } from './limit-req.ts';
import { defineMaps } from './map.ts';
import { defineGzipRatio, gunzipFilter, gzipFilter } from './gzip.ts';
import { gzipStaticHandler } from './gzip-static.ts';
import { mirrorHandler } from './mirror.ts';
import type { EngineModule } from './module.ts';
import { defineRealip, realipHandler, restoreAddress } from './realip.ts';
import { defineReferer } from './referer.ts';
import { defineSecureLink } from './secure-link.ts';
import { defineSliceRange } from './slice.ts';
import { defineSsi, ssiFilter } from './ssi.ts';
import { defineStubStatus } from './stub-status.ts';
import { subFilter } from './sub.ts';
import { defineUserid, useridFilter } from './userid.ts';

/** In the order in which nginx runs their handlers within a phase, and their filters. */
export const engineModules: readonly EngineModule[] = [
  { name: 'userid', define: defineUserid, headFilter: useridFilter },
  { name: 'gunzip', headFilter: gunzipFilter },
  { name: 'addition', headFilter: additionFilter },
  { name: 'sub', headFilter: subFilter },
  { name: 'charset', headFilter: charsetFilter },
  { name: 'ssi', define: defineSsi, headFilter: ssiFilter },
  { name: 'gzip', define: defineGzipRatio, headFilter: gzipFilter },
  { name: 'fastcgi', define: defineFastcgiVariables },
  { name: 'slice', define: defineSliceRange },
  { name: 'map', define: defineMaps },
  { name: 'geo', define: defineGeos },
  { name: 'split_clients', define: defineSplitClients },
  { name: 'referer', define: defineReferer },
  { name: 'browser', define: defineBrowser },
  { name: 'secure_link', define: defineSecureLink },
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
  { name: 'dav', handlers: { content: davHandler } },
  { name: 'gzip_static', handlers: { content: gzipStaticHandler } },
];
