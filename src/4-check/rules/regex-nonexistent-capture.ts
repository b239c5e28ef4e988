import { regexUses } from '../analysis/regexes.ts';
import { isCapture, referencesIn } from '../analysis/variables.ts';
import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'regex/nonexistent-capture',
  severity: 'warning',
  title: 'A capture that the expression does not have',
  documentation: {
    finds: '`$2` and the like in the target of a `rewrite` whose expression has fewer groups.',
    matters: 'nginx does not complain: the missing capture is empty, and the URL is silently wrong.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#rewrite'],
  },
  examples: [
    {
      within: 'server',
      config: 'rewrite ^/a/(.*)$ /b/$1/$2 last;\n',
      findings: [{ line: 1, message: '$2' }],
    },
    { within: 'server', config: 'rewrite ^/a/(.*)/(.*)$ /b/$1/$2 last;\n', findings: [] },
  ],
  *check(context) {
    for (const use of context.shared(regexUses)) {
      if (use.kind !== 'rewrite') continue;
      const target = use.directive.args[1];
      const missing = referencesIn(target?.value ?? '').find(
        (one) => isCapture(one.name) && Number(one.name) > use.pattern.captureCount,
      );
      if (missing === undefined) continue;
      const count = use.pattern.captureCount;
      yield {
        ...atWord(use.directive, target),
        message: `$${missing.written} is always empty: the expression has ${count === 0 ? 'no group' : count === 1 ? 'one group' : `${count} groups`}`,
        related: [{ file: use.directive.node.file, span: use.word, message: 'the expression' }],
        help: 'Put what is meant into parentheses, or use the number of an existing group.',
      };
    }
  },
};

export default rule;
