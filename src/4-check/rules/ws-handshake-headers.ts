import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/handshake-headers',
  severity: 'error',
  title: 'The configuration takes `Sec-WebSocket-*` away',
  documentation: {
    finds:
      '`proxy_pass_request_headers off`, or a `proxy_set_header` of `Sec-WebSocket-Key` or `Sec-WebSocket-Version`, in a location meant for sockets.',
    matters: 'The server needs the key and version that the client sent; without them it answers 400.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass_request_headers',
      'https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1',
    ],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_pass_request_headers off;'),
      findings: [{ line: 6, message: 'Sec-WebSocket-Key' }],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/handshake-headers'),
};

export default rule;
