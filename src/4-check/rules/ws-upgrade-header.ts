import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/upgrade-header',
  severity: 'error',
  title: '`Upgrade` does not reach the upstream',
  documentation: {
    finds:
      'A location meant for sockets whose upstream gets no `Upgrade` header, or one without the token `websocket`.',
    matters:
      '`Upgrade` and `Connection` are hop-by-hop: nginx passes them on only where `proxy_set_header` says so. Without them the server sees an ordinary request and answers 400, 404 or 426; the browser says "Unexpected response code" or closes with 1006.',
    versions: 'All since 1.3.13; older ones have no tunnel at all.',
    references: [
      'https://nginx.org/en/docs/http/websocket.html',
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header',
      'https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1',
    ],
  },
  examples: [
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_http_version 1.1;\n' +
        '}\n',
      findings: [{ line: 2, message: 'Upgrade and Connection do not reach' }],
    },
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_http_version 1.1;\n' +
        '    proxy_set_header Upgrade $http_connection;\n' +
        '    proxy_set_header Connection "upgrade";\n' +
        '}\n',
      findings: [{ line: 4, message: 'Upgrade arrives as' }],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/upgrade-header'),
};

export default rule;
