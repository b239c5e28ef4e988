import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/shadowed',
  severity: 'error',
  title: 'Another location takes the handshakes',
  documentation: {
    finds:
      'A location meant for sockets whose requests are answered by another one: a regular expression that matches first, a longer prefix, or a rewrite.',
    matters:
      'nginx prefers a matching regular expression to a prefix (unless the prefix has `^~`). The socket location looks right and never sees a request: 404 or 400.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#location'],
  },
  examples: [
    {
      within: 'server',
      config: `${socketLocation()}location ~ ^/ws {\n    proxy_pass http://127.0.0.1:9001;\n}\n`,
      findings: [{ line: 7, message: 'location ~ ^/ws' }],
    },
    {
      within: 'server',
      config: `${socketLocation().replace('location /ws/', 'location ^~ /ws/')}location ~ ^/ws {\n    proxy_pass http://127.0.0.1:9001;\n}\n`,
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/shadowed'),
};

export default rule;
