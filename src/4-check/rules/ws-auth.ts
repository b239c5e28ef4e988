import { causeFindings } from '../analysis/sockets.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/auth',
  severity: 'warning',
  title: '`auth_basic` protects a socket',
  documentation: {
    finds:
      'A handshake that is answered with 401 because `auth_basic` applies to a location meant for sockets.',
    matters:
      'Scripts cannot give credentials for a socket. Some browsers reuse those of the page, Safari does not: the socket closes with 1006 there.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_auth_basic_module.html'],
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
        '    auth_basic "members";\n' +
        '    auth_basic_user_file /etc/nginx/.htpasswd;\n' +
        '}\n',
      findings: [{ line: 1, message: '401' }],
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
  check: (context) => causeFindings(context, 'ws/auth'),
};

export default rule;
