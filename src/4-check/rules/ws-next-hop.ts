import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/next-hop',
  severity: 'error',
  title: 'The next hop does not pass the upgrade on',
  documentation: {
    finds:
      'A handshake that is passed on to another server of the same configuration, which forwards no upgrade itself. Next hops outside of the configuration cannot be seen: there it depends on their configuration.',
    matters:
      '`Upgrade` and `Connection` are hop-by-hop: every proxy on the way has to set them anew. With one that does not, `$http_upgrade` is empty at the next one, and the last server answers 400, 404 or 426.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/websocket.html',
      'https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1',
    ],
  },
  examples: [
    {
      within: 'http',
      config: `server {\n${socketLocation()}}\nserver {\n    listen 127.0.0.1:9000;\n    location / {\n        proxy_pass http://127.0.0.1:9001;\n        proxy_http_version 1.1;\n    }\n}\n`,
      findings: [{ line: 12, message: 'next hop' }],
    },
    {
      within: 'http',
      config: `server {\n${socketLocation()}}\nserver {\n    listen 127.0.0.1:9000;\n${socketLocation().replace('9000', '9001')}}\n`,
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/next-hop'),
};

export default rule;
