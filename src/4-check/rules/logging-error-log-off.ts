import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'logging/error-log-off',
  severity: 'warning',
  title: '`error_log off` logs into a file called "off"',
  documentation: {
    finds: '`error_log off`.',
    matters:
      'Unlike `access_log`, `error_log` knows no `off`: nginx writes a file of that name into its prefix, and the errors one looks for after an outage stand where nobody looks.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/ngx_core_module.html#error_log'],
  },
  examples: [
    { config: 'error_log off;\nevents {}\n', findings: [{ line: 1, message: '"off"' }] },
    { config: 'error_log /var/log/nginx/error.log crit;\nevents {}\n', findings: [] },
  ],
  *check(context) {
    for (const directive of context.named('error_log')) {
      const word = directive.args[0];
      if (word?.value !== 'off') continue;
      const { file } = directive.node;
      const { start, end } = word;
      yield {
        ...atWord(directive, word),
        message: 'errors are written into a file named "off"',
        help: 'Write "error_log /dev/null emerg;" if they are really not wanted, or raise the level to crit.',
        // With a level the errors are wanted, and where to is not known.
        fixes:
          directive.values.length > 1
            ? []
            : [{ title: 'Write /dev/null emerg', edits: [{ file, start, end, text: '/dev/null emerg' }] }],
      };
    }
  },
};

export default rule;
