import { insertAfter } from '../../1-syntax/edit.ts';
import { at } from '../context.ts';
import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/allow-without-deny',
  severity: 'warning',
  title: '`allow` without `deny` lets everybody in',
  documentation: {
    finds:
      'A level with `allow` for some addresses and no `deny` at all (with `satisfy any` and a password too).',
    matters:
      'Who matches no rule is let in, so the list of allowed addresses changes nothing. The rules of the level above do not help: `allow` and `deny` are inherited only by a level that has neither.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_access_module.html'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /admin/ {\n    allow 10.0.0.0/8;\n}\n',
      findings: [{ line: 2, message: 'everybody' }],
    },
    {
      within: 'server',
      config: 'location /admin/ {\n    allow 10.0.0.0/8;\n    deny all;\n}\n',
      findings: [],
    },
    { within: 'server', config: 'deny all;\nlocation /open/ {\n    allow all;\n}\n', findings: [] },
  ],
  *check(context) {
    const seen = new Set<ResolvedBlock>();
    for (const directive of context.named('allow')) {
      const { block } = directive;
      if (seen.has(block)) continue;
      seen.add(block);
      if (block.own('deny').length > 0 || block.own('allow').some((one) => one.values[0] === 'all')) continue;
      yield {
        ...at(directive),
        message: 'without a deny, everybody else is let in as well',
        help: 'Add "deny all;" after the last allow.',
        fixes: [
          {
            title: 'Add "deny all;"',
            edits: [insertAfter(block.own('allow').at(-1)!.node, ['deny all;'])],
          },
        ],
      };
    }
  },
};

export default rule;
