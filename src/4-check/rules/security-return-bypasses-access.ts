import { ownAccessRules } from '../analysis/access.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/return-bypasses-access',
  severity: 'warning',
  title: '`return` answers before access is checked',
  documentation: {
    finds: '`return` at the same level as `allow`, `deny`, `auth_basic` or `auth_request`.',
    matters:
      'nginx runs `return` in the rewrite phase and the access rules later, so they never decide anything: what looks protected is answered to everybody.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/dev/development_guide.html#http_phases'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /status {\n    allow 127.0.0.1;\n    deny all;\n    return 200 secret;\n}\n',
      findings: [{ line: 4, message: 'before' }],
    },
    {
      within: 'server',
      config:
        'location /status {\n    allow 127.0.0.1;\n    deny all;\n    try_files DUMMY @answer;\n}\nlocation @answer {\n    return 200 secret;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const directive of context.named('return')) {
      const { block } = directive;
      if (block.context !== 'location' && block.context !== 'server') continue;
      // An error status gives nothing away, and a redirect to https is meant for everybody.
      if (/^[45]\d\d$/.test(directive.values[0]!)) continue;
      const rules = ownAccessRules(block);
      if (rules.length === 0) continue;
      yield {
        ...at(directive),
        message: `this answers before ${rules[0]!.name} is looked at`,
        related: rules.slice(0, 3).map((one) => related(one, 'never decides')),
        help: 'Answer from a named location that try_files leads to, or serve a file: those come after the access phase.',
      };
    }
  },
};

export default rule;
