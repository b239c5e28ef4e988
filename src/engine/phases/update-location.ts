import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';

/** What follows from a new location (ngx_http_update_location_config): `limit_except`, keep-alive, content handler. */
export function updateLocation(cx: EngineContext, request: Request): void {
  const limits = request.location.plan.limitExcept;
  if (limits !== null && !limits.methods.includes(request.method))
    request.location = cx.location(limits.location);
  const { core, content } = request.location;
  if (request === request.main && request.keepalive) updateKeepalive(cx, request, core);
  if (content !== null) request.contentHandler = content;
}

function updateKeepalive(cx: EngineContext, request: Request, core: Request['location']['core']): void {
  const { connection } = request;
  if (
    core.keepalive_timeout.timeout === 0 ||
    connection.requests >= core.keepalive_requests ||
    (cx.rules.keepaliveTime && request.startedAt - connection.startedAt > core.keepalive_time) ||
    (core.keepalive_disable.includes('msie6') && request.msie6 && request.method === 'POST') ||
    (core.keepalive_disable.includes('safari') && request.safari)
  )
    request.keepalive = false;
}
