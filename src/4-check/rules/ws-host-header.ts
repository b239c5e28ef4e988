import { causeFindings } from '../analysis/sockets.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/host-header',
  severity: 'error',
  title: 'The upstream gets no `Host`, an empty one, or two',
  documentation: {
    finds:
      'A location meant for sockets whose request reaches the upstream without exactly one non-empty `Host`.',
    matters:
      'HTTP/1.1 wants exactly one `Host`; servers answer 400 otherwise. nginx before 1.29.4 sends one line for each `proxy_set_header Host` at a level.',
    versions:
      'Two lines before 1.29.4; an empty `Host` is replaced by the default since then when the upstream is asked over HTTP/1.1.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header',
      'https://www.rfc-editor.org/rfc/rfc9112#section-3.2',
    ],
  },
  examples: [
    {
      within: 'server',
      target: '1.22.1',
      config: socketLocation('proxy_set_header Host $host;', 'proxy_set_header Host $http_host;'),
      findings: [{ line: 7, message: '2 Host lines' }],
    },
    {
      within: 'server',
      target: '1.22.1',
      config: socketLocation('proxy_set_header Host $host;'),
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/host-header'),
};

export default rule;
