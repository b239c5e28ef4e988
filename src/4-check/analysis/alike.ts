import type { ResolvedBlock, ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../rule.ts';
import { enclosing } from './listens.ts';

/**
 * What `check` finds in locations, in order. It must judge by what is written in the location's server and around that, but
 * for the server's names: locations that are written like one without findings are not asked.
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
 * For each location the first one that is written like it, often itself: their servers differ in nothing but names, which
 * cannot decide what happens to a request there, and they stand at the same place of them. A large configuration repeats
 * itself. Where nginx refuses something, what is written alike need not be alike.
 */
export function locationsAlike(config: ResolvedConfig): ReadonlyMap<ResolvedBlock, ResolvedBlock> {
  const firsts = new Map<ResolvedBlock, ResolvedBlock>();
  const servers = new ServerTexts();
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
      const key = servers.keyOf(server);
      alike = known.get(key) ?? [];
      known.set(key, alike);
      current = server;
      count = 0;
    }
    firsts.set(location, (alike[count++] ??= location));
  }
  return firsts;
}

/** The texts of servers without what does not matter. */
class ServerTexts {
  /** Whether the names decide something in a server of that text. */
  readonly #named = new Map<string, boolean>();

  keyOf(server: ResolvedBlock): string {
    const text = textWithoutNames(server);
    let named = this.#named.get(text);
    if (named === undefined) this.#named.set(text, (named = namesDecide.test(text.replace(setHeader, ''))));
    return named ? text + namesOf(server) : text;
  }
}

const setHeader = /proxy_set_header\s[^;]*;/g;
const namesDecide = /\$(?:host|http_host|server_name|\{)/;

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

function namesOf(server: ResolvedBlock): string {
  return server
    .own('server_name')
    .map(({ values }) => values.join(' '))
    .join(' ');
}
