import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import type { Server } from '../../3-plan/schema.ts';
import { NameTable } from '../../engine/algorithms/name-table.ts';
import { compilePcre } from '../../pcre/compile.ts';
import { compareVersions } from '../../text/compare-versions.ts';
import { placeOf, relatedTo, textOf, type Cause, type Scene } from './cause.ts';
import { headerOf, passOf } from './set-headers.ts';
import type { Situation } from '../situation.ts';

/**
 * A listener that speaks HTTP/2 alone: `http2` without `ssl` before nginx 1.25.1, which looks at the first bytes
 * (ngx_http_wait_request_handler). A browser's handshake gets no answer there. Null for every other listener.
 */
export function http2OnlyCause({ config, plan, blocks }: Situation, listen: number): Cause | null {
  const { ssl, origin } = plan.http!.listens[listen]!;
  if (ssl || compareVersions(config.target, '1.25.1') >= 0) return null;
  const address = blocks.ofOrigin(origin)?.values[0];
  const written = config
    .named('listen')
    .find(({ values }) => values[0] === address && values.some((value) => value === 'http2'));
  if (written === undefined) return null;
  return {
    code: 'ws/h2-only',
    message: `"${textOf(written)}" speaks HTTP/2 alone before nginx 1.25.1 (this is ${config.target}), and sockets need HTTP/1.1`,
    symptom: 'close code 1006',
    ...placeOf(written),
    related: [],
    help: 'Remove "http2" from this listener, or give sockets a listener of their own.',
    fix: null,
  };
}

/** No `server_name` is the host that was asked for: the default server of the address answers, another has the sockets. */
export function serverCauses({ outcome, blocks, plan }: Scene): Cause[] {
  const { request } = outcome;
  const listen = request === null ? undefined : plan.http?.listens[request.connection.listen];
  if (request === null || request.server === undefined || listen === undefined) return [];
  const { plan: chosen } = request.server;
  if (request.host === '' || hasName(chosen, request.host.toLowerCase())) return [];
  // Who has sockets and the request is the one that was meant.
  if (hasSockets(blocks.ofLocation(chosen.location))) return [];
  const meant = listen.servers
    .map((index) => plan.http!.servers[index]!)
    .filter((server) => server !== chosen && hasSockets(blocks.ofLocation(server.location)));
  const [first] = meant;
  if (first === undefined) return [];
  const written = meant.flatMap(({ origin }) => blocks.ofOrigin(origin) ?? []);
  const names = first.names.map(({ name }) => name).join(' ');
  return [
    {
      code: 'ws/other-server',
      message: `no server_name is "${request.host}", so the default server of the address answers, not the one with the sockets`,
      symptom: '404 or 426',
      ...placeOf(blocks.ofOrigin(chosen.origin)),
      related: written.map((one) => relatedTo(one, 'this server has sockets')),
      help:
        meant.length === 1
          ? `Write "server_name ${`${names} ${request.host}`.trim()};" in the server with the sockets, or connect by a name that it has.`
          : `Add "${request.host}" to the server_name of the server meant, or connect by a name that it has.`,
      fix: null,
    },
  ];
}

function hasName({ names }: Server, host: string): boolean {
  const table = new NameTable<true>();
  for (const { name, regex } of names) {
    if (!regex) table.add(name, true);
    else {
      const compiled = compilePcre(name, { caseless: true });
      if (compiled.ok === true && compiled.exec(host) !== null) return true;
    }
  }
  return table.find(host) !== undefined;
}

/**
 * The location that would have had the handshake but for a regular expression: the longest prefix beside it, where it is
 * made for sockets. Null where a prefix won, or none is meant.
 */
export function shadowedLocation({ outcome, blocks, plan }: Omit<Scene, 'asked'>): ResolvedBlock | null {
  const { request } = outcome;
  const won = request?.location?.plan;
  if (request === null || won?.kind !== 'regex') return null;
  const beside = (plan.http?.locations ?? []).map((location, index) => ({ location, index }));
  const prefixes = beside
    .filter(({ location: { kind, parent } }) => kind === 'prefix' && parent === won.parent)
    .filter(({ location: { name, server } }) => server === won.server && request.uri.startsWith(name))
    .sort((a, b) => b.location.name.length - a.location.name.length);
  const block = prefixes[0] === undefined ? null : blocks.ofLocation(prefixes[0].index);
  return block !== null && isForSockets(block) ? block : null;
}

function hasSockets(block: ResolvedBlock | null): boolean {
  return block !== null && (isForSockets(block) || block.children.some(hasSockets));
}

function isForSockets(block: ResolvedBlock): boolean {
  const sets = block.effective('proxy_set_header').directives;
  return passOf(block) !== null && sets.some((one) => headerOf(one) === 'upgrade');
}
