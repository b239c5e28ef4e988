import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'limits/keepalive-requests',
  severity: 'info',
  title: 'Connections are closed after few requests',
  documentation: {
    finds: '`keepalive_requests` set below the option `minimum`, and not 0.',
    matters:
      'The default is 1000 since 1.19.10. A low number closes busy connections again and again, which costs handshakes, and with HTTP/2 interrupts pages with many files ("GOAWAY").',
    versions: 'All; with HTTP/2 since 1.19.7.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_requests'],
  },
  options: { minimum: { describe: 'The least number of requests per connection.', default: 100 } },
  examples: [
    { within: 'http', config: 'keepalive_requests 10;\n', findings: [{ line: 1, message: '10 requests' }] },
    { within: 'http', config: 'keepalive_requests 1000;\n', findings: [] },
  ],
  *check(context) {
    for (const directive of context.named('keepalive_requests')) {
      const count = Number(directive.values[0]);
      if (directive.block.context === 'upstream' || !(count > 0 && count < context.number('minimum')))
        continue;
      yield {
        ...at(directive),
        message: `the connection is closed after ${count} requests`,
        help: 'Leave it out: the default of 1000 is fine.',
      };
    }
  },
};

export default rule;
