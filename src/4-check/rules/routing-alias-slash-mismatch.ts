import { atWord, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'routing/alias-slash-mismatch',
  severity: 'warning',
  title: '`location` ends in a slash, its `alias` does not',
  documentation: {
    finds:
      'A prefix `location` whose name ends in `/` with an `alias` that does not: `location /img/ { alias /data/img; }`.',
    matters:
      'The name is replaced by the alias as text, so `/img/a.png` becomes `/data/imga.png`: every file is "not found" (404).',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#alias'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /img/ {\n    alias /data/img;\n}\n',
      findings: [{ line: 2, message: '/data/imgx' }],
    },
    { within: 'server', config: 'location /img/ {\n    alias /data/img/;\n}\n', findings: [] },
  ],
  *check(context) {
    for (const alias of context.named('alias')) {
      const location = alias.block.directive;
      const node = location?.node;
      if (location == null || node?.type !== 'location') continue;
      if ((node.modifier !== '' && node.modifier !== '^~') || node.pattern?.endsWith('/') !== true) continue;
      const word = alias.args[0]!;
      if (word.value.endsWith('/') || word.value.includes('$')) continue;
      const end = word.quote === '' ? word.end : word.end - 1;
      yield {
        ...atWord(alias, word),
        message: `${node.pattern}x is looked up as ${word.value}x`,
        related: [related(location, 'this name ends in "/"')],
        help: 'End the alias with "/" as well.',
        fixes: [
          {
            title: `Write "${word.value}/"`,
            edits: [{ file: alias.node.file, start: end, end, text: '/' }],
          },
        ],
      };
    }
  },
};

export default rule;
