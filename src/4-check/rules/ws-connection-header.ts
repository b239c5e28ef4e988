import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/connection-header',
  severity: 'error',
  title: '`Connection` does not ask the upstream for an upgrade',
  documentation: {
    finds:
      'A location meant for sockets whose upstream gets no `Connection` header with the token `upgrade`: not set, the empty string, a literal whose `$` was forgotten, or another word.',
    matters:
      'A server answers 101 only when `Connection` lists `Upgrade`. With the empty string or `close` it answers 400 or 426. nginx itself does not look at this header, so nothing in its log says why.',
    versions: 'All. The default `close` is no longer sent since 1.29.7, which helps nobody here.',
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
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '}\n',
      findings: [{ line: 2, message: 'Connection does not reach' }],
    },
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_http_version 1.1;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection connection_upgrade;\n' +
        '}\n',
      findings: [{ line: 5, message: 'Connection arrives as "connection_upgrade"' }],
    },
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_http_version 1.1;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection "";\n' +
        '}\n',
      findings: [{ line: 5, message: 'Connection arrives as empty' }],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/connection-header'),
};

export default rule;
