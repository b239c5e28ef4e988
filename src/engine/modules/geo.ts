import type { HttpPlan } from '../../3-plan/schema.ts';
import { clientAddress, parseCidr } from '../algorithms/cidr.ts';
import { forwardedAddress } from '../algorithms/forwarded-address.ts';
import { geoTable } from '../algorithms/geo-table.ts';
import { parseIp } from '../algorithms/inet.ts';
import { splitClients } from '../algorithms/split-clients.ts';
import type { Request } from '../request.ts';
import type { Evaluator } from '../template.ts';
import type { EngineContext } from '../context.ts';
import type { Getter } from '../variables/variables.ts';
import { headerLines } from './header-lines.ts';

type Geo = HttpPlan['geos'][number];

/** Variables of ngx_http_geo_module. */
export function defineGeos(cx: EngineContext): void {
  for (const geo of cx.http.geos) {
    let get: Getter | null = null;
    cx.variables.define(geo.variable, {
      cached: !geo.volatile,
      get: (request) => (get ??= compileGeo(cx, geo))(request),
    });
  }
}

function compileGeo(cx: EngineContext, geo: Geo): Getter {
  const find = geoTable(geo.entries, geo.default, geo.ranges);
  const trusted = geo.proxies.flatMap((text) => parseCidr(text)?.cidr ?? []);
  const forwarding = { trusted, recursive: geo.proxyRecursive };
  const ofConnection = isRemoteAddress(geo);
  const source = cx.template(geo.source).evaluate;
  const own = (request: Request) =>
    ofConnection ? clientAddress(request.connection.remoteAddress) : parseIp(source(request));
  if (trusted.length === 0) return (request) => find(own(request));
  return (request) => {
    const address = own(request);
    if (address === null) return find(null);
    const lines = headerLines(request.main.headers, 'x-forwarded-for');
    return find(forwardedAddress(address, lines, forwarding)?.address ?? address);
  };
}

/** Without a variable of its own a `geo` looks at the connection, whose address can be a unix socket's. */
function isRemoteAddress({ source }: Geo): boolean {
  const [part] = typeof source === 'string' ? [] : source;
  return typeof part === 'object' && 'var' in part && part.var === 'remote_addr' && source.length === 1;
}

/** Variables of ngx_http_split_clients_module. */
export function defineSplitClients(cx: EngineContext): void {
  for (const block of cx.http.splitClients) {
    const choose = splitClients(block.parts);
    let source: Evaluator | null = null;
    cx.variables.define(block.variable, {
      cached: true,
      get: (request) => choose((source ??= cx.template(block.source).evaluate)(request)),
    });
  }
}
