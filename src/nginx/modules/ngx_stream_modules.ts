import { checkAccessRule, checkTrustedAddress } from '../access-rules.ts';
import type { CheckContext } from '../check-context.ts';
import { defineVariable, readVariable } from '../define-variable.ts';
import { duplicate, invalidValue } from '../generic-slots.ts';
import { checkGeo, checkGeoEntry } from '../geo-block.ts';
import { checkBind } from '../http/upstream-directives.ts';
import { checkLimitConn, checkLimitZone } from '../limit-zones.ts';
import { checkAccessLog, checkLogFormat, checkOpenLogFileCache } from '../log-format.ts';
import { checkMap, checkMapEntry, checkMapHashSize, endOfMap } from '../map-block.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileArgument, hasVariables } from '../script.ts';
import { checkSplitClients, checkSplitClientsEntry, checkSplitClientsTotal } from '../split-clients-block.ts';
import { checkCertificateCache, checkOcspCache, checkSessionCache } from '../ssl-cache.ts';
import { sslListen, streamAddresses } from '../stream/listen.ts';
import { checkPasswordFile } from '../tls-files.ts';
import {
  mergeCertificates,
  mergeVirtualCertificates,
  requireCertificates,
  mergeClientVerification,
  mergeUpstreamTls,
} from '../tls-merge.ts';
import { effective } from '../http/effective.ts';
import { checkUpstream, endOfUpstream, initUpstreams, passUpstream } from '../upstreams.ts';
import { checkUpstreamServer, checkUpstreamZone } from '../upstream-server.ts';
import { isUrlError, parseUrl } from '../url.ts';
import {
  checkBalancer,
  checkHash,
  checkLeastTime,
  checkRandom,
  checkUpstreamResolver,
} from './ngx_http_upstream_module.ts';
import { isOn } from '../values/flag.ts';

/** The modules below src/stream that have little of their own: they mirror those of http. */

const limitConn = 'ngx_stream_limit_conn_module';
const ssl = 'ngx_stream_ssl_module';

/** ngx_stream_proxy_pass */
function proxyPass(cx: CheckContext): Problem | null {
  const refused = duplicate(cx) ?? compileArgument(cx, 0);
  if (refused !== null || hasVariables(cx.arg(0))) return refused;
  const added = passUpstream(cx, cx.arg(0), {}, 0);
  return 'refused' in added ? added.refused : null;
}

/** ngx_stream_pass */
function pass(cx: CheckContext): Problem | null {
  const refused = duplicate(cx) ?? compileArgument(cx, 0);
  if (refused !== null || hasVariables(cx.arg(0))) return refused;
  const url = parseUrl(cx.arg(0), { noResolve: true }, cx);
  if (isUrlError(url))
    return problem('invalid-host-port', `${url.error} in "${cx.arg(0)}" of the "pass" directive`, {
      word: 0,
    });
  if (url.address === null && url.family !== 'unix')
    return invalidValue(cx, 0, 'has no addresses', 'Names are not resolved here.');
  return url.noPort && url.family !== 'unix' ? invalidValue(cx, 0, 'has no port') : null;
}

const longestProtocol = 255;

/** ngx_stream_ssl_alpn */
function alpn(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const word = cx.values.findIndex((value) => value.length > longestProtocol);
  return word === -1 ? null : invalidValue(cx, word, 'protocol too long');
}

/** ngx_stream_proxy_ssl_alpn_set_slot: the same with variables. */
function proxyAlpn(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  for (const [word, value] of cx.values.entries()) {
    const wrong = compileArgument(cx, word);
    if (wrong !== null) return wrong;
    if (!hasVariables(value) && value.length > longestProtocol)
      return invalidValue(cx, word, 'protocol too long');
  }
  return null;
}

/** In nginx's order (auto/modules). */
export const streamModules: readonly ModuleChecks[] = [
  {
    module: 'ngx_stream_log_module',
    directives: {
      log_format: (cx) => checkLogFormat(cx, 'stream'),
      access_log: (cx) => checkAccessLog(cx, 'stream'),
      open_log_file_cache: checkOpenLogFileCache,
    },
  },
  {
    module: 'ngx_stream_proxy_module',
    directives: {
      proxy_pass: proxyPass,
      proxy_bind: checkBind,
      proxy_ssl_alpn: proxyAlpn,
      proxy_ssl_certificate_cache: checkCertificateCache,
      proxy_ssl_password_file: checkPasswordFile,
    },
    mergeServer(cx, server) {
      if (isOn(effective(server, 'proxy_ssl'))) mergeUpstreamTls(cx, server, 'proxy');
    },
  },
  {
    module: 'ngx_stream_upstream_module',
    directives: { upstream: checkUpstream, server: checkUpstreamServer, resolver: checkUpstreamResolver },
    closing: { upstream: endOfUpstream },
    initMain: (cx, main) => initUpstreams(cx, main, 'stream'),
  },
  {
    module: ssl,
    directives: {
      ssl_session_cache: (cx) => checkSessionCache(cx, ssl),
      ssl_ocsp_cache: (cx) => checkOcspCache(cx, ssl),
      ssl_alpn: alpn,
      ssl_certificate_cache: checkCertificateCache,
      ssl_password_file: checkPasswordFile,
    },
    mergeServer(cx, server) {
      const listen = server.store.peek(sslListen) ?? null;
      if (cx.since('1.25.5')) {
        if (mergeVirtualCertificates(cx, server)) mergeClientVerification(cx, server);
      } else if (listen !== null && mergeCertificates(cx, server, 'listen ... ssl', listen))
        mergeClientVerification(cx, server);
    },
    postconfiguration(cx) {
      if (cx.fragment || !cx.since('1.25.5')) return;
      for (const { tls, defaultServer, servers } of streamAddresses(cx))
        if (tls) requireCertificates(cx, defaultServer, servers);
    },
  },
  { module: 'ngx_stream_realip_module', directives: { set_real_ip_from: checkTrustedAddress } },
  {
    module: limitConn,
    directives: {
      limit_conn_zone: (cx) => checkLimitZone(cx, limitConn, {}),
      limit_conn: (cx) => checkLimitConn(cx, limitConn),
    },
  },
  {
    module: 'ngx_stream_access_module',
    directives: { allow: checkAccessRule, deny: checkAccessRule },
  },
  { module: 'ngx_stream_geo_module', directives: { geo: checkGeo }, entries: { geo: checkGeoEntry } },
  {
    module: 'ngx_stream_map_module',
    directives: {
      map: checkMap,
      map_hash_max_size: checkMapHashSize,
      map_hash_bucket_size: checkMapHashSize,
    },
    entries: { map: checkMapEntry },
    closing: { map: endOfMap },
  },
  {
    module: 'ngx_stream_split_clients_module',
    directives: { split_clients: checkSplitClients },
    entries: { split_clients: checkSplitClientsEntry },
    closing: { split_clients: checkSplitClientsTotal },
  },
  {
    module: 'ngx_stream_return_module',
    directives: { return: (cx) => duplicate(cx) ?? compileArgument(cx, 0) },
  },
  { module: 'ngx_stream_pass_module', directives: { pass } },
  {
    module: 'ngx_stream_set_module',
    directives: {
      set: (cx) => defineVariable(cx, 0) ?? readVariable(cx, 0) ?? compileArgument(cx, 1),
    },
  },
  { module: 'ngx_stream_upstream_hash_module', directives: { hash: checkHash } },
  {
    module: 'ngx_stream_upstream_least_conn_module',
    directives: { least_conn: checkBalancer({ backup: true }) },
  },
  { module: 'ngx_stream_upstream_least_time_module', directives: { least_time: checkLeastTime } },
  { module: 'ngx_stream_upstream_random_module', directives: { random: checkRandom(['least_conn']) } },
  { module: 'ngx_stream_upstream_zone_module', directives: { zone: checkUpstreamZone } },
];
