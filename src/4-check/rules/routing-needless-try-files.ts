import { hasHandler } from '../analysis/handlers.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'routing/needless-try-files',
  severity: 'info',
  title: '`try_files` that does what nginx does anyway',
  documentation: {
    finds: '`try_files $uri =404` or `try_files $uri $uri/ =404` in a location that serves files.',
    matters:
      'Without it nginx looks for the file or folder and answers 404 all the same. Each name costs a system call per request unless `open_file_cache` is on.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files'],
  },
  examples: [
    {
      within: 'location',
      config: 'root /srv/www;\ntry_files $uri $uri/ =404;\n',
      findings: [{ line: 2, message: '404' }],
    },
    { within: 'location', config: 'root /srv/www;\ntry_files $uri /index.html;\n', findings: [] },
    { within: 'location', config: 'try_files $uri =404;\nfastcgi_pass 127.0.0.1:9000;\n', findings: [] },
  ],
  *check(context) {
    for (const directive of context.named('try_files')) {
      const words = directive.values.join(' ');
      if (words !== '$uri =404' && words !== '$uri $uri/ =404') continue;
      if (hasHandler(directive.block)) continue;
      yield {
        ...at(directive),
        message: 'nginx looks for the file and answers 404 without this as well',
        help: 'Leave it out.',
      };
    }
  },
};

export default rule;
