import { catastrophicRepeat } from '../../pcre/analyse.ts';
import { regexUses } from '../analysis/regexes.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'regex/catastrophic',
  severity: 'warning',
  title: 'A regular expression that can take for ever',
  documentation: {
    finds:
      'A repetition inside a repetition that can divide the same text in exponentially many ways: `(a+)+`, `(\\w+\\s?)*$`.',
    matters:
      'One crafted URL of some dozen characters keeps a worker busy until PCRE gives up at its match limit, which costs all its connections their time, and then the location does not match (error log: "pcre2_match() failed: -47").',
    versions: 'All.',
    references: ['https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS'],
  },
  examples: [
    {
      within: 'server',
      config: 'location ~ ^/(\\w+-?)+$ {\n}\n',
      findings: [{ line: 1, message: 'exponential' }],
    },
    { within: 'server', config: 'location ~ ^/\\w+(-\\w+)*$ {\n}\n', findings: [] },
  ],
  *check(context) {
    for (const use of context.shared(regexUses)) {
      const repeat = catastrophicRepeat(use.pattern);
      if (repeat === null) continue;
      yield {
        file: use.directive.node.file,
        span: use.word,
        message: `matching can take exponential time because of the repetition at "${use.text.slice(0, repeat.at + 1).slice(-24)}"`,
        help: 'Make every round of the outer repetition begin with something the inner one cannot match, or make the inner one possessive: (?:\\w++-?)+.',
      };
    }
  },
};

export default rule;
