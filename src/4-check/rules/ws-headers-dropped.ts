import { causeFindings } from '../analysis/sockets.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/headers-dropped',
  severity: 'error',
  title: 'A `proxy_set_header` drops the inherited upgrade headers',
  documentation: {
    finds:
      'A level with a `proxy_set_header` of its own, below a level that sets `Upgrade` and `Connection`.',
    matters:
      'nginx inherits `proxy_set_header` from the level above only if the current level has none at all: one `proxy_set_header Host $host` in a location loses the pair. The server answers 400, 403 or 426.',
    versions: 'All; there is no `proxy_set_header_inherit`.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header'],
  },
  examples: [
    {
      within: 'server',
      config:
        'proxy_http_version 1.1;\n' +
        'proxy_set_header Upgrade $http_upgrade;\n' +
        'proxy_set_header Connection "upgrade";\n' +
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_set_header Host $host;\n' +
        '}\n',
      findings: [{ line: 6, message: 'Upgrade and Connection from server are lost' }],
    },
    {
      within: 'server',
      config:
        'proxy_http_version 1.1;\n' +
        'proxy_set_header Upgrade $http_upgrade;\n' +
        'proxy_set_header Connection "upgrade";\n' +
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '}\n',
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/headers-dropped'),
};

export default rule;
