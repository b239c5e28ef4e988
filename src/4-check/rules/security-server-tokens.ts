import { isOn } from '../../nginx/values/flag.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/server-tokens',
  severity: 'info',
  title: 'nginx tells its version',
  documentation: {
    finds:
      '`server_tokens on`. With the option `missing` also an `http` block without `server_tokens` at any level: the default is `on`.',
    matters:
      'The version stands in the `Server` header and on error pages, which saves people with a list of known faults the guessing. It is no protection by itself.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#server_tokens'],
  },
  options: { missing: { describe: 'Report configurations that do not set it at all.', default: false } },
  examples: [
    {
      config: 'events {}\nhttp {\n    server_tokens on;\n}\n',
      findings: [{ line: 3, message: 'version' }],
    },
    {
      config: 'events {}\nhttp {\n}\n',
      options: { missing: true },
      findings: [{ line: 2, message: 'version' }],
    },
    { config: 'events {}\nhttp {\n    server_tokens off;\n}\n', findings: [] },
  ],
  *check(context) {
    const set = context.named('server_tokens');
    for (const directive of set)
      if (isOn(directive))
        yield {
          ...at(directive),
          message: 'answers and error pages carry the version of nginx',
          help: 'Write "server_tokens off;".',
        };
    if (set.length > 0 || context.options['missing'] !== true) return;
    for (const { directive } of context.blocks('http'))
      if (directive !== null)
        yield {
          ...at(directive),
          message: 'answers and error pages carry the version of nginx',
          help: 'Write "server_tokens off;" in http.',
        };
  },
};

export default rule;
