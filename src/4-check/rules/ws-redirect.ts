import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/redirect',
  severity: 'error',
  title: 'A location meant for sockets answers with a redirect',
  documentation: {
    finds: 'A `return`, `rewrite` or automatic slash redirect that a handshake meets before the upstream.',
    matters:
      'Browsers do not follow redirects on a socket: "Error during WebSocket handshake: Unexpected response code: 301".',
    versions: 'All.',
    references: ['https://www.rfc-editor.org/rfc/rfc6455#section-4.1'],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('if ($scheme = http) { return 301 https://$host$request_uri; }'),
      findings: [{ line: 6, message: '301' }],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/redirect'),
};

export default rule;
