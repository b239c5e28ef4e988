import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { TargetVersions } from '../../nginx/versions.ts';
import type { CheckContext, SharedResults } from '../context.ts';
import type { Finding } from '../rule.ts';
import { enclosing } from './listens.ts';
import { socketMarks } from './socket-marks.ts';
import { UpstreamAddresses } from './upstream-addresses.ts';
import { upstreamBlocks } from './upstream-of.ts';

/**
 * What `check` finds in locations, in order. It must judge by what {@link locationsAlike} compares: locations that are like
 * one without findings are not asked.
 */
export function* atLocations(
  context: CheckContext,
  check: (location: ResolvedBlock) => Iterable<Finding>,
): Generator<Finding> {
  const firstAlike = context.shared(locationsAlike);
  const silent = new Set<ResolvedBlock>();
  for (const location of context.blocks('location')) {
    const first = firstAlike.get(location)!;
    if (silent.has(first)) continue;
    const findings = [...check(location)];
    yield* findings;
    if (findings.length === 0 && location === first) silent.add(location);
  }
}

/**
 * For each location the first one that is like it, often itself: their servers say the same, but for what cannot decide
 * whether a socket comes about (names, paths of files, addresses of upstreams that are no servers of this configuration),
 * and they stand at the same place of them. A large configuration repeats itself. Where nginx refuses something, what is
 * alike need not be alike.
 */
export function locationsAlike(
  config: ResolvedConfig,
  _versions: TargetVersions,
  shared: SharedResults,
): ReadonlyMap<ResolvedBlock, ResolvedBlock> {
  const firsts = new Map<ResolvedBlock, ResolvedBlock>();
  const addresses = new UpstreamAddresses(config, shared.get(upstreamBlocks));
  const keys = new ServerKeys(addresses, shared.get(socketMarks));
  const known = new Map<string, ResolvedBlock[]>();
  let current: ResolvedBlock | null = null;
  let alike: ResolvedBlock[] = [];
  let count = 0;
  for (const location of config.blocks('location')) {
    const server = config.verdict.ok ? enclosing(location, 'server') : null;
    if (server?.directive == null) {
      firsts.set(location, location);
      continue;
    }
    if (server !== current) {
      const key = keys.keyOf(server);
      alike = known.get(key) ?? [];
      known.set(key, alike);
      current = server;
      count = 0;
    }
    firsts.set(location, (alike[count++] ??= location));
  }
  return firsts;
}

/** Directives whose values decide nothing about a socket; that they are there may. */
const valueless: ReadonlySet<string> = new Set([
  'access_log',
  'auth_basic_user_file',
  'error_log',
  'root',
  'ssl_certificate',
  'ssl_certificate_key',
  'ssl_client_certificate',
  'ssl_trusted_certificate',
]);

/** Headers to the upstream that a handshake, or a rule about it, depends on. */
const decisiveHeader =
  /^(?:upgrade|connection|host|origin|cookie|sec-websocket-.*|forwarded|x-forwarded-.*|x-scheme)$/i;

const namesDecide = /\$(?:host|http_host|server_name|\{)/;

/** Texts that are equal for servers that are alike. */
class ServerKeys {
  readonly #addresses: UpstreamAddresses;
  readonly #marks: ReadonlySet<ResolvedBlock>;
  /** By the array of values, which most directives share with those that are written alike. */
  readonly #known = new Map<readonly string[], string>();
  /** Whether the names of the server at hand decide something. */
  #named = false;

  constructor(addresses: UpstreamAddresses, marks: ReadonlySet<ResolvedBlock>) {
    this.#addresses = addresses;
    this.#marks = marks;
  }

  keyOf(server: ResolvedBlock): string {
    this.#named = false;
    const key = this.#block(server);
    if (!this.#named) return key;
    const names = server.own('server_name').flatMap(({ values }) => values);
    return `${key} ${names.join(' ')}`;
  }

  #block(block: ResolvedBlock): string {
    let key = this.#marks.has(block) ? '#{' : '{';
    for (const directive of block.directives) {
      key += this.#statement(directive);
      if (directive.opens !== null) key += this.#block(directive.opens);
    }
    return `${key}}`;
  }

  #statement(directive: ResolvedDirective): string {
    const { name, values, node } = directive;
    if (values.length === 0 || node.type === 'raw') return textOf(directive);
    if (name === 'server_name') return '';
    let text = this.#known.get(values);
    if (text === undefined) this.#known.set(values, (text = this.#textFor(directive)));
    // A name in the head to the upstream decides nothing here.
    if (!this.#named && name !== 'proxy_set_header' && text.includes('$'))
      this.#named = namesDecide.test(text);
    return text;
  }

  #textFor(directive: ResolvedDirective): string {
    const { name, values } = directive;
    if (valueless.has(name)) return `${name};`;
    if (name === 'proxy_pass') return `${name} ${this.#addresses.kindOf(values[0] ?? '')};`;
    if (name === 'proxy_set_header' && !decisiveHeader.test(values[0]!))
      return `${name} ${values[0]!} ${values[1] === '' ? '' : '*'};`;
    return textOf(directive);
  }
}

/** The words of a directive, with what is in it where no directives are. */
function textOf({ name, values, node, opens }: ResolvedDirective): string {
  const body = opens === null && (node.block !== null || node.type === 'raw');
  return body ? `${node.file.text.slice(node.start, node.end)};` : `${name} ${values.join('\0')};`;
}
