import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/valid-referers-none',
  severity: 'info',
  title: 'Requests without a `Referer` pass `valid_referers`',
  documentation: {
    finds: 'The word `none` in `valid_referers`.',
    matters:
      'A page that links or embeds your files leaves the header out with one attribute (`referrerpolicy="no-referrer"`). So the check keeps out nobody who wants in. It is fine as a courtesy against hot links, not as protection.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_referer_module.html#valid_referers'],
  },
  examples: [
    {
      within: 'location',
      config: 'valid_referers none server_names;\n',
      findings: [{ line: 1, message: 'no Referer' }],
    },
    { within: 'location', config: 'valid_referers server_names;\n', findings: [] },
  ],
  *check(context) {
    for (const directive of context.named('valid_referers')) {
      const word = directive.args.find((one) => one.value === 'none');
      if (word === undefined) continue;
      yield {
        ...atWord(directive, word),
        message: 'a request with no Referer counts as valid, and any page can send one',
        help: 'Leave "none" out if this protects something; use secure_link or a token then.',
      };
    }
  },
};

export default rule;
