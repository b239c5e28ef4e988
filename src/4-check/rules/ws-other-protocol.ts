import { takesUpgrade } from '../../explain/causes/answered.ts';
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
      'FastCGI, gRPC and memcached have no upgrade in nginx, so the handshake gets 404, 500 or 502.\n\nuwsgi and SCGI have one (a warning): nginx makes a tunnel when the program answers 101. Hardly any does; uWSGI does it for its own socket functions.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/websocket.html'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /ws/ {\n    uwsgi_pass 127.0.0.1:9000;\n}\n',
      findings: [{ line: 2, message: 'uwsgi_pass' }],
    },
    {
      within: 'server',
      config: 'location /ws/ {\n    fastcgi_pass 127.0.0.1:9000;\n}\n',
      findings: [{ line: 2, message: 'fastcgi_pass has no upgrade' }],
    },
    { within: 'server', config: 'location /app/ {\n    uwsgi_pass 127.0.0.1:9000;\n}\n', findings: [] },
  ],
  *check(context) {
    for (const { block, pass, meant, socketsOnly } of context.shared(socketSites)) {
      if (pass !== null || !socketsOnly) continue;
      for (const name of passDirectives) {
        const other = block.own(name).at(-1);
        if (other === undefined) continue;
        const where = levelName(block);
        const able = takesUpgrade(name);
        yield {
          ...at(other),
          ...(able && { severity: 'warning' }),
          message: able
            ? `a handshake to ${where} becomes a socket only if the program behind ${name} answers 101 itself`
            : `${name} has no upgrade: a handshake to ${where} cannot become a socket`,
          detail: `The location is meant for sockets (${meant}). People see: 404, 500 or 502.`,
          help: 'Let the application listen for HTTP as well, and use proxy_pass for its sockets.',
        };
      }
    }
  },
};

export default rule;
