import { causeFindings } from '../analysis/sockets.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/redirect',
  severity: 'error',
  title: 'A location meant for sockets answers with a redirect',
  documentation: {
    finds: 'A `return`, `rewrite` or automatic slash redirect that a handshake meets before the upstream.',
    matters:
      'Browsers do not follow redirects on a socket: "Error during WebSocket handshake: Unexpected response code: 301".',
    versions: 'All.',
    references: ['https://www.rfc-editor.org/rfc/rfc6455#section-4.1'],
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
        '    if ($scheme = http) { return 301 https://$host$request_uri; }\n' +
        '}\n',
      findings: [{ line: 6, message: '301' }],
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
  check: (context) => causeFindings(context, 'ws/redirect'),
};

export default rule;
