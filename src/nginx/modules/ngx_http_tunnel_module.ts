import { duplicate } from '../generic-slots.ts';
import { checkBind } from '../http/upstream-directives.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import { compileScript, hasVariables } from '../script.ts';
import { passUpstream } from '../upstreams.ts';

/** ngx_http_tunnel_pass: without an argument it is the host and port of a CONNECT request. */
const tunnelPass: Handler = (cx) => {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const target = cx.values.length === 0 ? '$host:$request_port' : cx.arg(0);
  if (hasVariables(target)) return compileScript(cx, target, 0);
  const added = passUpstream(cx, target, {}, 0);
  return 'refused' in added ? added.refused : null;
};

/** src/http/modules/ngx_http_tunnel_module.c */
export const httpTunnelModule: ModuleChecks = {
  module: 'ngx_http_tunnel_module',
  directives: { tunnel_pass: tunnelPass, tunnel_bind: checkBind },
};
