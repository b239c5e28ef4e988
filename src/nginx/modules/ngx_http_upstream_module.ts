import type { ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';
import { checkResolver } from '../resolver.ts';
import { compileArgument } from '../script.ts';
import { blockUpstream, checkUpstream, endOfUpstream, initUpstreams } from '../upstreams.ts';
import { checkUpstreamServer, checkUpstreamZone, setBalancer } from '../upstream-server.ts';
import { checkWord, duplicate } from '../generic-slots.ts';
import { parseNumber } from '../values/number.ts';
import type { Handler } from '../module-checks.ts';

/** `hash`, in http and stream. */
export const checkHash: Handler = (cx) => {
  const refused = compileArgument(cx, 0);
  if (refused !== null) return refused;
  setBalancer(cx, { backup: false });
  return cx.values.length < 2 || cx.arg(1) === 'consistent'
    ? null
    : problem('invalid-parameter', `invalid parameter "${cx.arg(1)}"`, { word: 1 });
};

/** `random [two [METHOD]]`, in http and stream; `methods` are the words after `two`. */
export function checkRandom(methods: readonly string[]): Handler {
  return (cx) => {
    setBalancer(cx, { backup: false });
    const wrong =
      cx.values.length > 0 && cx.arg(0) !== 'two'
        ? 0
        : cx.values.length > 1 && !methods.includes(cx.arg(1))
          ? 1
          : -1;
    return wrong === -1
      ? null
      : problem('invalid-parameter', `invalid parameter "${cx.arg(wrong)}"`, { word: wrong });
  };
}

/** A balancer without parameters. */
export function checkBalancer(options: { readonly backup: boolean }): Handler {
  return (cx) => {
    setBalancer(cx, options);
    return null;
  };
}

/** ngx_http_upstream_keepalive */
const keepalive: Handler = (cx) => {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const count = parseNumber(cx.arg(0));
  const newer = cx.since('1.29.7');
  if (count === null || (count === 0 && !newer))
    return problem('invalid-value', `invalid value "${cx.arg(0)}" in "${cx.name}" directive`, { word: 0 });
  const upstream = blockUpstream(cx);
  if (upstream !== null && !newer) upstream.balanced = true;
  // Until 1.7.5 the second word was "single"; in between there was none.
  return cx.values.length < 2 || cx.arg(1) === (newer ? 'local' : 'single')
    ? null
    : problem('invalid-parameter', `invalid parameter "${cx.arg(1)}"`, { word: 1 });
};

/** `resolver` of an `upstream` block, in http and stream. */
export const checkUpstreamResolver: Handler = (cx) => {
  const upstream = blockUpstream(cx);
  if (upstream !== null) upstream.ownResolver = true;
  return checkResolver(cx);
};

/** src/http/ngx_http_upstream.c */
export const httpUpstreamModule: ModuleChecks = {
  module: 'ngx_http_upstream_module',
  directives: { upstream: checkUpstream, server: checkUpstreamServer, resolver: checkUpstreamResolver },
  closing: { upstream: endOfUpstream },
  initMain: (cx, main) => initUpstreams(cx, main, 'http'),
};

export const httpUpstreamHashModule: ModuleChecks = {
  module: 'ngx_http_upstream_hash_module',
  directives: { hash: checkHash },
};

export const httpUpstreamIpHashModule: ModuleChecks = {
  module: 'ngx_http_upstream_ip_hash_module',
  directives: { ip_hash: checkBalancer({ backup: false }) },
};

export const httpUpstreamLeastConnModule: ModuleChecks = {
  module: 'ngx_http_upstream_least_conn_module',
  directives: { least_conn: checkBalancer({ backup: true }) },
};

export const httpUpstreamRandomModule: ModuleChecks = {
  module: 'ngx_http_upstream_random_module',
  directives: { random: checkRandom(['least_conn']) },
};

export const httpUpstreamKeepaliveModule: ModuleChecks = {
  module: 'ngx_http_upstream_keepalive_module',
  directives: { keepalive },
};

export const httpUpstreamZoneModule: ModuleChecks = {
  module: 'ngx_http_upstream_zone_module',
  directives: { zone: checkUpstreamZone },
};

/** `least_time METRIC [inflight]`, in http and stream. */
export const checkLeastTime: Handler = (cx) => {
  setBalancer(cx, { backup: true });
  if (cx.values.length > 1 && cx.arg(1) !== 'inflight')
    return problem('invalid-parameter', `invalid parameter "${cx.arg(1)}"`, { word: 1 });
  return duplicate(cx) ?? checkWord(cx, 0, cx.spec?.enumValues ?? []);
};

export const httpUpstreamLeastTimeModule: ModuleChecks = {
  module: 'ngx_http_upstream_least_time_module',
  directives: { least_time: checkLeastTime },
};
