import type { Level, LowerContext } from '../lower-context.ts';
import type { ModuleName } from '../schema.ts';
import { tables } from '../schema/tables.ts';
import type { Setting } from '../schema/setting.ts';
import { accessLowerings } from './access.ts';
import { contentLowerings } from './content.ts';
import { coreLowerings } from './core.ts';
import { filterLowerings } from './filters.ts';
import { gatewayLowerings } from './gateways.ts';
import { headersLowerings } from './headers.ts';
import { locationLowerings } from './location.ts';
import { logLowerings } from './log.ts';
import type { DirectiveLowering } from './lowering.ts';
import { loweringByKind } from './lowering.ts';
import { proxyLowerings, tunnelLowerings } from './proxy.ts';
import { rewriteLowerings } from './rewrite.ts';
import { sslLowerings } from './ssl.ts';
import { trafficLowerings } from './traffic.ts';

/** Read where they stand by the code for their block. */
const elsewhere = [
  'include',
  'server',
  'upstream',
  'map',
  'geo',
  'split_clients',
  'charset_map',
  'listen',
  'server_name',
] as const;

/** Every directive of the http, server and location contexts that has a lowering. */
export function directiveLowerings(
  lowerLevel: (cx: LowerContext, level: Level) => void,
): ReadonlyMap<string, DirectiveLowering> {
  const all = new Map<string, DirectiveLowering>();
  for (const [module, table] of Object.entries(tables)) {
    for (const [name, setting] of Object.entries(table as Record<string, Setting<unknown>>)) {
      const lower = loweringByKind(module as ModuleName, name, setting);
      if (lower !== null) all.set(name, lower);
    }
  }
  const special = [
    coreLowerings,
    logLowerings,
    headersLowerings,
    filterLowerings,
    accessLowerings,
    proxyLowerings,
    tunnelLowerings,
    gatewayLowerings,
    sslLowerings,
    contentLowerings,
    trafficLowerings,
    locationLowerings(lowerLevel),
    rewriteLowerings(lowerLevel),
  ];
  for (const lowerings of special)
    for (const [name, lower] of Object.entries(lowerings)) all.set(name, lower);
  for (const name of elsewhere) all.set(name, () => {});
  return all;
}
