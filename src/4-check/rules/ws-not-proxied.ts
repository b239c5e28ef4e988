import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
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
      config: socketLocation('return 200 ok;'),
      findings: [{ line: 6, message: 'answers 200 itself' }],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/not-proxied'),
};

export default rule;
