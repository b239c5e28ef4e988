import { levelName } from '../../explain/causes/cause.ts';
import { passDirectives } from '../analysis/handlers.ts';
import { socketSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/other-protocol',
  severity: 'error',
  title: 'A socket is handed on by a protocol without upgrades',
  documentation: {
    finds:
      '`fastcgi_pass`, `uwsgi_pass`, `scgi_pass`, `grpc_pass` or `memcached_pass` in a location that is named like a socket.',
    matters:
      'Only `proxy_pass` has tunnels in nginx: these protocols have no upgrade, so the handshake gets 404, 500 or 502.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/websocket.html'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /ws/ {\n    uwsgi_pass 127.0.0.1:9000;\n}\n',
      findings: [{ line: 2, message: 'uwsgi_pass' }],
    },
    { within: 'server', config: 'location /app/ {\n    uwsgi_pass 127.0.0.1:9000;\n}\n', findings: [] },
  ],
  *check(context) {
    for (const { block, pass, meant, socketsOnly } of context.shared(socketSites)) {
      if (pass !== null || !socketsOnly) continue;
      for (const name of passDirectives) {
        const other = block.own(name).at(-1);
        if (other === undefined) continue;
        yield {
          ...at(other),
          message: `${name} has no upgrade: a handshake to ${levelName(block)} cannot become a socket`,
          detail: `The location is meant for sockets (${meant}). People see: 404, 500 or 502.`,
          help: 'Let the application listen for HTTP as well, and use proxy_pass for its sockets.',
        };
      }
    }
  },
};

export default rule;
