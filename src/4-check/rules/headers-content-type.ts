import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'headers/content-type',
  severity: 'warning',
  title: '`add_header Content-Type` adds a second one',
  documentation: {
    finds: '`add_header Content-Type …`.',
    matters:
      'It is added beside the `Content-Type` that nginx or the upstream sends; clients pick either of the two, so a page is shown as text or downloaded. `default_type` sets the type of what nginx itself answers.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#default_type'],
  },
  examples: [
    {
      within: 'location',
      config: 'add_header Content-Type text/plain;\nreturn 200 ok;\n',
      findings: [{ line: 1, message: 'second Content-Type' }],
    },
    { within: 'location', config: 'default_type text/plain;\nreturn 200 ok;\n', findings: [] },
    {
      within: 'location',
      config:
        'proxy_pass http://127.0.0.1:8080;\nproxy_hide_header Content-Type;\nadd_header Content-Type text/plain;\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const directive of context.named('add_header')) {
      if (directive.values[0]?.toLowerCase() !== 'content-type') continue;
      const hidden = ['proxy_hide_header', 'fastcgi_hide_header', 'uwsgi_hide_header', 'scgi_hide_header']
        .flatMap((name) => directive.block.effective(name).directives)
        .some((one) => one.values[0]?.toLowerCase() === 'content-type');
      if (hidden) continue;
      yield {
        ...at(directive),
        message: 'this sends a second Content-Type',
        help: 'Use default_type for what nginx answers; with an upstream, hide its Content-Type first.',
      };
    }
  },
};

export default rule;
