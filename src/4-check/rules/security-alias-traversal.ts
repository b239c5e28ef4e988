import { at, atWord, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/alias-traversal',
  severity: 'warning',
  title: '`alias` lets clients out of its folder',
  documentation: {
    finds:
      'A prefix `location` whose name does not end in `/`, with an `alias` that does: `location /img { alias /data/img/; }`.',
    matters:
      'nginx puts what follows the name behind the alias as it is. `/img../secret` becomes `/data/img/../secret`: every file beside the folder can be fetched.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#alias'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /img {\n    alias /data/img/;\n}\n',
      findings: [{ line: 1, message: '/img../' }],
    },
    { within: 'server', config: 'location /img/ {\n    alias /data/img/;\n}\n', findings: [] },
    { within: 'server', config: 'location = /img {\n    alias /data/img/;\n}\n', findings: [] },
  ],
  *check(context) {
    for (const alias of context.named('alias')) {
      const location = alias.block.directive;
      const node = location?.node;
      if (location == null || node?.type !== 'location') continue;
      if (node.modifier !== '' && node.modifier !== '^~') continue;
      const { pattern } = node;
      if (pattern === null || pattern.endsWith('/') || alias.values[0]?.endsWith('/') !== true) continue;
      const word = location.args.at(-1)!;
      const quoteEnd = word.quote === '' ? word.end : word.end - 1;
      yield {
        ...atWord(location, word),
        message: `"${pattern}../" leads out of the aliased folder`,
        detail: `A request for ${pattern}../x is answered with ${alias.values[0]}../x.`,
        related: [related(alias, 'what follows the name is put behind this')],
        help: `End the location's name with "/": location ${pattern}/.`,
        fixes: [
          {
            title: `Write "${pattern}/"`,
            edits: [{ file: at(location).file, start: quoteEnd, end: quoteEnd, text: '/' }],
          },
        ],
      };
    }
  },
};

export default rule;
