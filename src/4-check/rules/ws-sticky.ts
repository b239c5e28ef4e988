import { namedSocketLocation } from '../analysis/socket-example.ts';
import { atSites, sessionProtocol } from '../analysis/socket-sites.ts';
import { activeServers, upstreamOf } from '../analysis/upstream-of.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/sticky',
  severity: 'warning',
  title: 'Session ids of a socket go to different servers',
  documentation: {
    finds:
      'A location of socket.io, SockJS or SignalR whose upstream has two or more servers and no `ip_hash`, `hash` or `sticky`.',
    matters:
      'These protocols begin with ordinary requests that carry a session id. Round robin sends the next one to a server that does not know it: 400 "Session ID unknown". It depends on the clients: with the transport `websocket` alone it works.',
    versions: 'All.',
    references: [
      'https://socket.io/docs/v4/using-multiple-nodes/',
      'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#ip_hash',
    ],
  },
  examples: [
    {
      within: 'http',
      config: `upstream app {\n    server 10.0.0.1:9000;\n    server 10.0.0.2:9000;\n}\nserver {\n${namedSocketLocation('/socket.io/').replace('127.0.0.1:9000', 'app')}}\n`,
      findings: [{ line: 1, message: 'socket.io' }],
    },
    {
      within: 'http',
      config: `upstream app {\n    ip_hash;\n    server 10.0.0.1:9000 max_fails=0;\n    server 10.0.0.2:9000 max_fails=0;\n}\nserver {\n${namedSocketLocation('/socket.io/').replace('127.0.0.1:9000', 'app')}}\n`,
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ block, pass }) {
      const protocol = sessionProtocol(block);
      const upstream = protocol === null ? null : upstreamOf(context, pass);
      if (upstream === null || activeServers(upstream).length < 2) return;
      if (['ip_hash', 'hash', 'sticky'].some((name) => upstream.own(name).length > 0)) return;
      yield {
        ...at(upstream.directive!),
        message: `requests of one ${protocol} session go to different servers of upstream ${upstream.directive!.values[0]!}`,
        detail:
          'It depends on the clients: only those with the transport "websocket" alone work. People see: 400 "Session ID unknown".',
        related: [related(block.directive!, 'used here')],
        help: 'Add "ip_hash;" or "hash $remote_addr consistent;" to the upstream.',
      };
    }),
};

export default rule;
