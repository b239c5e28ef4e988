import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { headerOf } from '../../explain/causes/set-headers.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/duplicate-header',
  severity: 'warning',
  title: 'A header of the handshake is sent twice',
  documentation: {
    finds: 'Two `proxy_set_header` for one name at the level that applies to a socket, both with a value.',
    matters:
      'nginx sends both lines. Servers take the first, the last, both joined by a comma, or answer 400: it depends on the server.',
    versions: 'All. An empty value sends nothing and is no second line.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header'],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_set_header Connection "keep-alive";'),
      findings: [{ line: 6, message: 'Connection is set twice' }],
    },
    { within: 'server', config: socketLocation('proxy_set_header Connection "";'), findings: [] },
  ],
  check: (context) =>
    atSites(context, function* ({ headers }) {
      const first = new Map<string, ResolvedDirective>();
      for (const one of headers) {
        const name = headerOf(one);
        // Host has a rule of its own, and lists may be split over several lines.
        if (!single.has(name) || (one.values[1] ?? '') === '') continue;
        const before = first.get(name);
        if (before === undefined) {
          first.set(name, one);
          continue;
        }
        yield {
          ...at(one),
          message: `${one.values[0]!} is set twice at this level, so two lines are sent`,
          related: [related(before, 'set here too')],
          help: 'Keep one of them.',
        };
      }
    }),
};

const single: ReadonlySet<string> = new Set([
  ...['upgrade', 'connection', 'origin', 'cookie', 'authorization'],
  ...['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions'],
]);

export default rule;
