import { namedSocketLocation } from '../analysis/socket-example.ts';
import { atSites, sessionProtocol } from '../analysis/socket-sites.ts';
import { activeServers, upstreamOf } from '../analysis/upstream-of.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/ip-hash-failover',
  severity: 'info',
  title: 'One failed attempt moves all sessions to another server',
  documentation: {
    finds: 'An upstream of socket.io, SockJS or SignalR with `ip_hash` and the default `max_fails` of 1.',
    matters:
      'One refused connection takes a server out for 10 seconds, and all its clients go to another one, which does not know their sessions: a storm of 400.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails'],
  },
  examples: [
    {
      within: 'http',
      config: `upstream app {\n    ip_hash;\n    server 10.0.0.1:9000;\n    server 10.0.0.2:9000;\n}\nserver {\n${namedSocketLocation('/socket.io/').replace('127.0.0.1:9000', 'app')}}\n`,
      findings: [{ line: 2, message: 'one failed attempt' }],
    },
    {
      within: 'http',
      config: `upstream app {\n    ip_hash;\n    server 10.0.0.1:9000 max_fails=0;\n    server 10.0.0.2:9000 max_fails=0;\n}\nserver {\n${namedSocketLocation('/socket.io/').replace('127.0.0.1:9000', 'app')}}\n`,
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ block, pass }) {
      if (sessionProtocol(block) === null) return;
      const upstream = upstreamOf(context, pass);
      const hash = upstream?.own('ip_hash').at(-1);
      if (upstream === null || hash === undefined) return;
      const servers = activeServers(upstream);
      const eager = servers.filter(({ values }) => !values.some((value) => value.startsWith('max_fails=')));
      if (servers.length < 2 || eager.length === 0) return;
      yield {
        ...at(hash),
        message:
          'one failed attempt moves all clients of a server to another one, which does not know their sessions',
        related: eager.map((server) => related(server, 'max_fails is 1 here')),
        help: 'Set max_fails (0 or a larger number) for these servers.',
      };
    }),
};

export default rule;
