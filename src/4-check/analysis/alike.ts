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
  'fastcgi_pass',
  'root',
  'scgi_pass',
  'ssl_certificate',
  'ssl_certificate_key',
  'ssl_client_certificate',
  'ssl_trusted_certificate',
  'uwsgi_pass',
]);

/** Headers to the upstream that a handshake, or a rule about it, depends on. */
const decisiveHeader =
  /^(?:upgrade|connection|host|origin|cookie|sec-websocket-.*|forwarded|x-forwarded-.*|x-scheme)$/i;

const namesDecide = /\$(?:host|http_host|server_name|\{)/;

/** A statement as far as it decides something. */
interface Gist {
  /** The same few characters for all that say the same. */
  readonly sign: string;
  /** Whether the names of its server decide what it does. */
  readonly named: boolean;
}

/** A character for each number below a million, none of them one that the keys have themselves, or half of a pair. */
function signOf(number: number): string {
  const code = 0x100 + number;
  return String.fromCodePoint(code < 0xd800 ? code : code + 0x800);
}

const nothing: Gist = { sign: '', named: false };

/** Short texts that are equal for servers that are alike. */
class ServerKeys {
  readonly #addresses: UpstreamAddresses;
  readonly #marks: ReadonlySet<ResolvedBlock>;
  /** By the array of values, which most directives share with those that are written alike. */
  readonly #known = new Map<readonly string[], Gist>();
  /** The keys of servers whose names decide nothing. */
  readonly #byText = new Map<string, string>();
  /** By the text that decides. */
  readonly #gists = new Map<string, Gist>();
  /** Whether the names of the server at hand decide something. */
  #named = false;

  constructor(addresses: UpstreamAddresses, marks: ReadonlySet<ResolvedBlock>) {
    this.#addresses = addresses;
    this.#marks = marks;
  }

  keyOf(server: ResolvedBlock): string {
    // Most that are alike differ in nothing but their names, which is seen soonest in the text.
    const text = this.#marks.size === 0 ? textWithoutNames(server) : null;
    const known = text === null ? undefined : this.#byText.get(text);
    if (known !== undefined) return known;
    this.#named = false;
    const key = this.#block(server);
    if (this.#named) return `${key} ${namesOf(server)}`;
    if (text !== null) this.#byText.set(text, key);
    return key;
  }

  #block(block: ResolvedBlock): string {
    let key = this.#marks.has(block) ? '#{' : '{';
    for (const directive of block.directives) {
      const { sign, named } = this.#gistOf(directive);
      key += sign;
      if (named) this.#named = true;
      if (directive.opens !== null) key += this.#block(directive.opens);
    }
    return `${key}}`;
  }

  #gistOf(directive: ResolvedDirective): Gist {
    const { name, values, node } = directive;
    // Their words are not all that they say.
    if (values.length === 0 || node.type === 'raw') return this.#gist(name, textOf(directive));
    if (name === 'server_name') return nothing;
    let gist = this.#known.get(values);
    if (gist === undefined) this.#known.set(values, (gist = this.#gist(name, this.#textFor(directive))));
    return gist;
  }

  #gist(name: string, text: string): Gist {
    let gist = this.#gists.get(text);
    if (gist === undefined) {
      const sign = signOf(this.#gists.size);
      // A name in the head to the upstream decides nothing here.
      gist = { sign, named: name !== 'proxy_set_header' && namesDecide.test(text) };
      this.#gists.set(text, gist);
    }
    return gist;
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

function namesOf(server: ResolvedBlock): string {
  return server
    .own('server_name')
    .flatMap(({ values }) => values)
    .join(' ');
}

function textWithoutNames(server: ResolvedBlock): string {
  const { file, start, end } = server.directive!.node;
  let text = '';
  let at = start;
  for (const { node } of server.own('server_name'))
    if (node.file === file) {
      text += file.text.slice(at, node.start);
      at = node.end;
    }
  return text + file.text.slice(at, end);
}

/** The words of a directive, with what is in it where no directives are. */
function textOf({ name, values, node, opens }: ResolvedDirective): string {
  const body = opens === null && (node.block !== null || node.type === 'raw');
  return body ? `${node.file.text.slice(node.start, node.end)};` : `${name} ${values.join('\0')};`;
}
