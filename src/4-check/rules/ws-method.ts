import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/method',
  severity: 'error',
  title: '`proxy_method` changes the handshake',
  documentation: {
    finds: 'A `proxy_method` other than GET in a location meant for sockets.',
    matters: 'A handshake is a GET (RFC 6455 section 4.1); servers answer 400 or 405 to anything else.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_method',
      'https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1',
    ],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_method POST;'),
      findings: [{ line: 6, message: 'POST' }],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/method'),
};

export default rule;
