import { setsHeader } from '../../explain/causes/set-headers.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { serverOf } from '../analysis/socket-sites.ts';
import { rangeOf } from '../analysis/value-range.ts';
import { at, related, type CheckContext } from '../context.ts';
import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { onceForSites } from '../analysis/once.ts';
import type { Finding, Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/any-protocol',
  severity: 'warning',
  title: 'Clients may upgrade to any protocol, `h2c` too',
  documentation: {
    finds:
      'A location that forwards `Upgrade` with a value that can be something else than `websocket`. The values are evaluated: a literal and a map whose values are only `websocket` and the empty string are safe. A warning where the same server restricts access somewhere, information elsewhere.',
    matters:
      'A client that upgrades to `h2c` speaks HTTP/2 with the upstream through the tunnel, and nginx sees none of those requests: `deny`, `auth_basic` and `internal` of other locations do not apply to them (request smuggling). It depends on whether the upstream accepts h2c.',
    versions: 'All.',
    references: [
      'https://bishopfox.com/blog/h2c-smuggling-request',
      'https://www.rfc-editor.org/rfc/rfc9110#section-7.8',
    ],
  },
  examples: [
    {
      within: 'server',
      config: `${socketLocation()}location /admin/ {\n    deny all;\n}\n`,
      findings: [{ line: 4, message: 'h2c' }],
    },
    {
      within: 'http',
      config: `map $http_upgrade $ws {\n    ~*^websocket$ websocket;\n}\nserver {\n${socketLocation().replace('$http_upgrade', '$ws')}}\n`,
      findings: [],
    },
    { within: 'server', config: socketLocation().replace('$http_upgrade', 'websocket'), findings: [] },
  ],
  check: findings,
};

function findings(context: CheckContext): Iterable<Finding> {
  /** What is wrong with a value, or null: most locations write the same one. */
  const details = new Map<string, string | null>();
  return onceForSites(context, ({ block, headers }) => {
    const upgrade = headers.findLast((one) => setsHeader(one, 'upgrade'));
    const value = upgrade?.values[1] ?? '';
    if (upgrade === undefined || value === '') return [];
    let detail = details.get(value);
    if (detail === undefined) details.set(value, (detail = detailOf(context, value)));
    if (detail === null) return [];
    const guarded = restriction(context, block);
    const { file, span } = at(upgrade);
    const finding: Finding = {
      file,
      span,
      severity: guarded === null ? 'info' : 'warning',
      message: 'clients may upgrade to any protocol here, such as h2c, past the rules of this server',
      detail,
      related: guarded === null ? [] : [related(guarded, 'this would not apply to requests in the tunnel')],
      help: 'Use a map of $http_upgrade that yields only "websocket" and the empty string.',
    };
    return [finding];
  });
}

/** What else than "websocket" the value of `Upgrade` can be; null when nothing. */
function detailOf(context: CheckContext, value: string): string | null {
  const range = rangeOf(context, value);
  if (range === null) return `"${value}" can be whatever the client sends.`;
  const words = [...range];
  if (words.every((word) => word === '' || word === 'websocket')) return null;
  return `"${value}" can be ${words.map((word) => `"${word}"`).join(', ')}.`;
}

/** Something in the server of `block` that keeps requests from the upstream; null when all is open. */
function restriction(context: CheckContext, block: ResolvedBlock): ResolvedDirective | null {
  const server = serverOf(block);
  if (server === null) return null;
  return context.shared(restrictions).get(server) ?? null;
}

const restricting: readonly string[] = ['deny', 'auth_request', 'auth_basic', 'return'];

/** The first restriction in each server. */
function restrictions(config: ResolvedConfig): ReadonlyMap<ResolvedBlock, ResolvedDirective> {
  const found = new Map<ResolvedBlock, ResolvedDirective>();
  if (restricting.every((name) => config.named(name).length === 0)) return found;
  for (const level of config.blocks('location')) {
    const server = serverOf(level);
    if (server === null || found.has(server)) continue;
    const one = level.directives.find(
      ({ name, values }) =>
        name === 'deny' ||
        name === 'auth_request' ||
        (name === 'auth_basic' && values[0] !== 'off') ||
        (name === 'return' && /^40[134]$/.test(values[0] ?? '')),
    );
    if (one !== undefined) found.set(server, one);
  }
  return found;
}

export default rule;
