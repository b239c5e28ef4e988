import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/limit-conn',
  severity: 'info',
  title: '`limit_conn` counts a socket for its whole life',
  documentation: {
    finds: '`limit_conn` on a location meant for sockets.',
    matters:
      'A tunnel counts until it closes. Many people behind one address (an office, a mobile network) share one limit, and the next handshake gets 503.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html#limit_conn'],
  },
  examples: [
    {
      within: 'http',
      config: `limit_conn_zone $binary_remote_addr zone=perip:1m;\nserver {\n${socketLocation('limit_conn perip 5;')}}\n`,
      findings: [{ line: 8, message: '5 sockets' }],
    },
    { within: 'server', config: socketLocation(), findings: [] },
  ],
  check: (context) =>
    atSites(context, function* ({ block }) {
      for (const limit of block.effective('limit_conn').directives) {
        const count = Number(limit.values[1]);
        yield {
          ...at(limit),
          severity: count < 10 ? 'warning' : 'info',
          message: `no more than ${count} sockets at a time for each key: a socket counts as long as it is open`,
          detail: 'People see: 503 for the next handshake, first where many share one address.',
          related: [related(block.directive!, 'the location')],
          help: 'Give sockets a zone and a larger limit of their own.',
        };
      }
    }),
};

export default rule;
