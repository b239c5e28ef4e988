import { causeFindings } from '../analysis/sockets.ts';
import { namedSocketLocation, socketLocation } from '../analysis/socket-example.ts';
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
      config: socketLocation('return 444;'),
      findings: [{ line: 6, message: 'closes the connection' }],
    },
    {
      within: 'server',
      config: socketLocation('deny all;'),
      findings: [{ line: 6, message: '"deny all" in location /ws/ answers 403' }],
    },
    {
      within: 'server',
      config: socketLocation('deny all;', 'satisfy any;', 'auth_basic "x";', 'auth_basic_user_file f;'),
      findings: [],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
    {
      within: 'http',
      config: `limit_req_zone $host zone=z:1m rate=1r/s;\nlimit_req zone=z;\nserver {\n${socketLocation()}${namedSocketLocation('/chat/')}}\n`,
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/refused'),
};

export default rule;
