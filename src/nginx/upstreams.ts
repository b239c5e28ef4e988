import type { Directive } from '../1-syntax/ast.ts';
import type { BlockState, CheckContext } from './check-context.ts';
import { mentions } from './check-context.ts';
import type { Place, Problem } from './problem.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';
import type { Url, UrlOptions } from './url.ts';
import { isUrlError, parseUrl } from './url.ts';
import type { Subsystem } from './variables.ts';
import { subsystemOf } from './variables.ts';

/** Upstreams of ngx_http_upstream.c and ngx_stream_upstream.c, and what their balancers share. */

interface UpstreamServer {
  readonly backup: boolean;
  /** The name is resolved at run time. */
  readonly resolve: boolean;
}

/** ngx_http_upstream_srv_conf_t */
export interface Upstream {
  readonly host: string;
  port: number;
  noPort: boolean;
  /** An `upstream` block defines it; otherwise some `*_pass` named it. */
  created: boolean;
  /** Null for one named by `*_pass` whose host is no address: nginx resolves it at the end. */
  servers: UpstreamServer[] | null;
  /** Whether the balancer takes `backup` servers. */
  takesBackup: boolean;
  /** A balancer (or, before 1.29.7, `keepalive`) was given. */
  balanced: boolean;
  inZone: boolean;
  ownResolver: boolean;
  readonly node: Directive;
  readonly place: Place | null;
}

/** The upstreams of one name: the block of that name, or a host with one or more ports. */
class SameHost {
  readonly upstreams: Upstream[] = [];
  created: Upstream | undefined;
  readonly #byPort = new Map<number, Upstream>();

  add(upstream: Upstream): void {
    this.upstreams.push(upstream);
    this.#byPort.set(upstream.port, upstream);
    if (upstream.created) this.created = upstream;
  }

  /** The one of that port; with `loosely`, no port matches any. */
  find(port: number, loosely: boolean): Upstream | undefined {
    if (this.created !== undefined) return this.created;
    if (!loosely) return this.#byPort.get(port);
    return port === 0 ? this.upstreams[0] : (this.#byPort.get(port) ?? this.#byPort.get(0));
  }
}

const slots: Readonly<Record<Subsystem, Slot<Map<string, SameHost>>>> = {
  http: new Slot('http upstreams', () => new Map<string, SameHost>()),
  stream: new Slot('stream upstreams', () => new Map<string, SameHost>()),
};

/** The upstream that a block `upstream` is. */
const blockSlot = new Slot<Upstream | null>('upstream', () => null);

/** Upstreams by name in lower case, in the order of first mention. */
function upstreamsOf(cx: CheckContext, subsystem: Subsystem): Map<string, SameHost> {
  return cx.cycle.get(slots[subsystem]);
}

type Added = { readonly upstream: Upstream } | { readonly refused: Problem };

interface Address {
  readonly host: string;
  readonly port: number;
  readonly noPort: boolean;
  /** It is an address with a port or a unix socket: nothing to resolve. */
  readonly complete: boolean;
}

function add(cx: CheckContext, subsystem: Subsystem, address: Address, create: boolean, word: number): Added {
  const all = upstreamsOf(cx, subsystem);
  const key = address.host.toLowerCase();
  let known = all.get(key);
  if (known === undefined) all.set(key, (known = new SameHost()));
  const conflict = portConflict(known, address, create, word);
  if (conflict !== null) return { refused: conflict };
  let upstream = known.find(address.port, subsystem === 'http');
  if (upstream === undefined) {
    upstream = makeUpstream(cx, address, create);
    known.add(upstream);
  } else if (create) {
    upstream.created = true;
    upstream.servers = [];
    upstream.port = 0;
    known.created = upstream;
  }
  return { upstream };
}

/** One name either is an upstream block, which has no port, or a host, which may have several. */
function portConflict(
  known: SameHost,
  { host, port, noPort }: Address,
  create: boolean,
  word: number,
): Problem | null {
  const related = (node: Directive): Problem['related'] => [
    { file: node.file, span: node.name, message: 'first named here' },
  ];
  const { created } = known;
  if (create && created !== undefined)
    return problem('duplicate-upstream', `duplicate upstream "${host}"`, {
      word,
      related: related(created.node),
    });
  if (created !== undefined && !noPort)
    return problem('upstream-port', `upstream "${host}" may not have port ${port}`, {
      word,
      related: related(created.node),
      detail: 'The name is that of an upstream block, whose servers have ports of their own.',
    });
  const withPort = create ? known.upstreams.find((upstream) => !upstream.noPort) : undefined;
  if (withPort === undefined) return null;
  return problem('upstream-port', `upstream "${host}" may not have port ${withPort.port}`, {
    word,
    related: related(withPort.node),
    at: withPort.place ?? undefined,
  });
}

function makeUpstream(
  cx: CheckContext,
  { host, port, noPort, complete }: Address,
  create: boolean,
): Upstream {
  return {
    host,
    port,
    noPort,
    created: create,
    servers: create ? [] : complete ? [{ backup: false, resolve: false }] : null,
    takesBackup: true,
    balanced: false,
    inZone: false,
    ownResolver: false,
    node: cx.node,
    place: cx.place,
  };
}

/** ngx_http_upstream_add for what a `*_pass` names; `text` is the address without its scheme. */
export function passUpstream(
  cx: CheckContext,
  text: string,
  options: UrlOptions,
  word: number,
  subsystem: Subsystem = subsystemOf(cx),
): Added & { readonly url?: Url } {
  const url = parseUrl(text, { ...options, noResolve: true }, cx);
  if (isUrlError(url))
    return { refused: problem('invalid-host-port', `${url.error} in upstream "${text}"`, { word }) };
  const complete = url.family === 'unix' || (url.address !== null && url.port !== 0);
  const added = add(
    cx,
    subsystem,
    { host: url.host, port: url.port, noPort: url.noPort, complete },
    false,
    word,
  );
  return 'refused' in added ? added : { ...added, url };
}

/** `upstream NAME {` */
export function checkUpstream(cx: CheckContext): Problem | null {
  const added = add(
    cx,
    subsystemOf(cx),
    { host: cx.arg(0), port: 0, noPort: true, complete: false },
    true,
    0,
  );
  return 'refused' in added ? added.refused : null;
}

/** The upstream that the block being read is. */
export function blockUpstream(cx: CheckContext): Upstream | null {
  const block = cx.block;
  let upstream = block.store.get(blockSlot);
  const name = block.opener?.values[0];
  if (upstream === null && name !== undefined) {
    upstream = upstreamsOf(cx, subsystemOf(cx)).get(name.toLowerCase())?.created ?? null;
    block.store.set(blockSlot, upstream);
  }
  return upstream;
}

/** The `}` of an `upstream` block. */
export function endOfUpstream(cx: CheckContext): Problem | null {
  const upstream = blockUpstream(cx);
  if (upstream === null || upstream.servers === null || upstream.servers.length > 0) return null;
  if (cx.block.first('server') !== undefined || mentions(cx.block, 'server')) return null;
  return problem('no-servers', 'no servers are inside upstream', {
    detail: 'An upstream needs at least one server.',
  });
}

/** ngx_http_upstream_init_main_conf: what nginx finds out about upstreams at the end of `http` or `stream`. */
export function initUpstreams(cx: CheckContext, main: BlockState, subsystem: Subsystem): void {
  const hasResolver = main.first('resolver') !== undefined;
  for (const { upstreams } of upstreamsOf(cx, subsystem).values())
    for (const upstream of upstreams) initUpstream(cx, upstream, hasResolver);
}

function initUpstream(cx: CheckContext, upstream: Upstream, hasResolver: boolean): void {
  const { host, node, servers, place } = upstream;
  const placed = (slug: string, message: string, detail?: string): void => {
    const before = cx.place;
    cx.place = place;
    cx.report(problem(slug, message, { node, detail }));
    cx.place = before;
  };
  if (servers === null) {
    if (upstream.port === 0) {
      if (cx.fragment) return;
      placed(
        'no-port',
        `no port in upstream "${host}"`,
        `There is no upstream block "${host}", and as a host name it needs a port.`,
      );
    } else if (cx.environment !== null && !cx.environment.resolves(host))
      placed('host-not-found', `host not found in upstream "${host}"`);
    return;
  }
  if (servers.some(({ resolve }) => resolve)) {
    if (!upstream.inZone) {
      const at = place === null ? '' : ` in ${cx.placeText(place)}`;
      const message = `resolving names at run time requires upstream "${host}"${at} to be in shared memory`;
      cx.report(
        problem('conflict', message, { node, placeless: true, detail: 'Add a "zone" to the upstream.' }),
      );
      return;
    }
    if (!hasResolver && !upstream.ownResolver)
      placed('no-resolver', `no resolver defined to resolve names at run time in upstream "${host}"`);
  }
  if (servers.length > 0 && servers.every(({ backup }) => backup))
    placed('no-servers', `no servers in upstream "${host}"`, 'All its servers are backups.');
}
