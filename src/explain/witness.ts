import { compilePcre } from '../pcre/compile.ts';
import { samplePcre } from '../pcre/sample.ts';
import type { Location, Plan, Server } from '../3-plan/schema.ts';
import { defaultRequestOptions, requestHead, type ExplainedRequest, type RequestOptions } from './request.ts';

/** A request that should come to one location, and that location. */
export interface Witness {
  /** Index into `plan.http.locations`. */
  readonly location: number;
  readonly request: ExplainedRequest;
  /** Listeners of its server, indexes into `plan.http.listens`. */
  readonly listens: readonly number[];
}

/** A location that can reach an upstream but for which no address is known: named ones, regexes too complex to sample. */
export interface Unaddressed {
  readonly location: number;
  readonly why: string;
}

/**
 * A handshake (or plain request) for each location that can reach an upstream, in order of writing. The address is made
 * from the location's own name: the engine then shows where it really goes. `wanted` chooses locations itself.
 */
export function witnesses(
  plan: Plan,
  options: Partial<RequestOptions> = {},
  wanted: ((location: number) => boolean) | null = null,
): { readonly witnesses: readonly Witness[]; readonly unaddressed: readonly Unaddressed[] } {
  const found: Witness[] = [];
  const unaddressed: Unaddressed[] = [];
  const { locations = [], servers = [], listens = [] } = plan.http ?? {};
  const settings: RequestOptions = { ...defaultRequestOptions, ...options };
  locations.forEach((location, index) => {
    if (wanted !== null) {
      if (!wanted(index)) return;
    } else if (location.content?.kind !== 'proxy') return;
    if (location.kind === 'if' || location.kind === 'limit_except' || location.kind === 'server') return;
    const internal = isInternal(plan, location);
    const path = internal ? null : addressOf(location);
    if (path === null) {
      unaddressed.push({
        location: index,
        why:
          location.kind === 'named' || internal
            ? 'reached from inside only'
            : 'its pattern is too complex to make an address of',
      });
      return;
    }
    const server = servers[location.server]!;
    const listen = listens[server.listens[0] ?? 0];
    const host = hostOf(server);
    found.push({
      location: index,
      request: {
        raw: requestHead(settings, path, host),
        hostname: host,
        port: listen === undefined || listen.path !== '' ? null : listen.port,
        tls: listen?.ssl ?? false,
      },
      listens: server.listens,
    });
  });
  return { witnesses: found, unaddressed };
}

function isInternal(plan: Plan, { settings }: Location): boolean {
  return settings.core !== undefined && plan.http!.settings.core[settings.core]?.internal === true;
}

/** A path that the location's name matches; null without one. */
function addressOf(location: Location): string | null {
  if (location.kind === 'exact' || location.kind === 'prefix') return escapePath(location.name);
  if (location.kind !== 'regex') return null;
  const compiled = compilePcre(location.name, { caseless: location.caseless });
  if (compiled.ok !== true) return null;
  const sample = samplePcre(compiled, ['', '/', '/x'], ['', '/', '/x']);
  return sample === null || !sample.startsWith('/') ? null : escapePath(sample);
}

function escapePath(path: string): string {
  return path.replace(
    /[\x00-\x20%?#\x7f-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}

/** A name that chooses this server. */
function hostOf(server: Server): string {
  for (const { name, regex } of server.names) {
    if (!regex) {
      if (name === '' || name === '_') continue;
      return name.replace(/^\*?\./, 'www.').replace(/\.\*$/, '.example');
    }
    const compiled = compilePcre(name, { caseless: true });
    const sample = compiled.ok === true ? samplePcre(compiled, ['', 'www'], ['', '.example']) : null;
    if (sample !== null && /^[a-z0-9.-]+$/i.test(sample)) return sample.toLowerCase();
  }
  return 'localhost';
}
