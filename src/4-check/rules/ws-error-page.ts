import { causeFindings } from '../analysis/sockets.ts';
import { namedSocketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/error-page',
  severity: 'error',
  title: '`error_page` keeps its status when the upstream switches protocols',
  documentation: {
    finds:
      'A handshake that comes to its upstream by way of `error_page CODE @name` (an idiom to choose a location in `if`): without `=` nginx keeps CODE as the status.',
    matters:
      'The upstream answers 101 and waits for the client; the client is told CODE and waits for a body. Both hang until a timeout.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page'],
  },
  examples: [
    {
      within: 'server',
      config: `location /ws/ {\n    proxy_set_header Upgrade $http_upgrade;\n    error_page 418 @socket;\n    return 418;\n}\n${namedSocketLocation('@socket')}`,
      findings: [{ line: 3, message: '418' }],
    },
    {
      within: 'server',
      config: `location /ws/ {\n    proxy_set_header Upgrade $http_upgrade;\n    error_page 418 = @socket;\n    return 418;\n}\n${namedSocketLocation('@socket')}`,
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/error-page'),
};

export default rule;
