import { isRestricted } from '../analysis/access.ts';
import { enclosing, listensLocallyOnly } from '../analysis/listens.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/stub-status-exposed',
  severity: 'warning',
  title: '`stub_status` for everybody',
  documentation: {
    finds:
      '`stub_status` (also `vhost_traffic_status_display`) in a location without `deny` or a password, in a server that is reachable from other machines.',
    matters: 'It tells strangers how busy the machine is, which is how they see whether an attack works.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_stub_status_module.html'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /nginx_status {\n    stub_status;\n}\n',
      findings: [{ line: 2, message: 'everybody' }],
    },
    {
      within: 'server',
      config: 'location /nginx_status {\n    stub_status;\n    allow 127.0.0.1;\n    deny all;\n}\n',
      findings: [],
    },
    {
      within: 'http',
      config: 'server {\n    listen 127.0.0.1:8081;\n    location / {\n        stub_status;\n    }\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const name of ['stub_status', 'vhost_traffic_status_display'])
      for (const directive of context.named(name)) {
        const server = enclosing(directive.block, 'server');
        if (
          isRestricted(directive.block) ||
          (server !== null && server.directive !== null && listensLocallyOnly(server))
        )
          continue;
        yield {
          ...at(directive),
          message: 'everybody can read this',
          help: 'Add "allow 127.0.0.1;" and "deny all;", or listen on 127.0.0.1 only.',
        };
      }
  },
};

export default rule;
