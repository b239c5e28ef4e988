import { causeFindings } from '../analysis/sockets.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/not-proxied',
  severity: 'error',
  title: 'A handshake is answered without the upstream',
  documentation: {
    finds:
      'A location meant for sockets in which nginx answers itself: files, `try_files`, `return`, an error page.',
    matters: 'The socket server never sees the request; the browser gets 404 or 200 and closes with 1006.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files'],
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
        '    return 200 ok;\n' +
        '}\n',
      findings: [{ line: 1, message: 'answers 200 itself' }],
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
  check: (context) => causeFindings(context, 'ws/not-proxied'),
};

export default rule;
