import { causeFindings } from '../analysis/sockets.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/refused',
  severity: 'error',
  title: 'A handshake is refused before the upstream',
  documentation: {
    finds:
      'A location meant for sockets that denies every client, closes the connection, or refuses the request.',
    matters: 'The browser gets 403 or no answer and closes with 1006.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_access_module.html'],
  },
  examples: [
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_http_version 1.1;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection "upgrade";\n' +
        '    return 444;\n' +
        '}\n',
      findings: [{ line: 1, message: 'closes the connection' }],
    },
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_http_version 1.1;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection "upgrade";\n' +
        '}\n',
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/refused'),
};

export default rule;
