import type { Node } from '../../pcre/tree.ts';
import { literalText } from '../../pcre/analyse.ts';
import { regexUses } from '../analysis/regexes.ts';
import { passDirectives } from '../analysis/handlers.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'regex/redundant',
  severity: 'info',
  title: 'A regular expression where a plain name would do',
  documentation: {
    finds:
      'A case-sensitive regex `location` that matches one exact text, as `location ~ ^/health$` does, and ones that begin with `^.*` or end in `.*$` without capturing it.',
    matters:
      'Regex locations are tried one after the other for every request, and win over longer prefixes. `location = /health` is faster and says what it means; `.*` at either end changes nothing but the time.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#location'],
  },
  examples: [
    {
      within: 'server',
      config: 'location ~ ^/health$ {\n}\n',
      findings: [{ line: 1, message: 'location = /health' }],
    },
    { within: 'server', config: 'location ~ ^/a/.*$ {\n}\n', findings: [{ line: 1, message: '.*' }] },
    { within: 'server', config: 'location = /health {\n}\nlocation ~ ^/a/(.*)$ {\n}\n', findings: [] },
  ],
  *check(context) {
    for (const use of context.shared(regexUses)) {
      if (use.kind !== 'location' || use.caseless) continue;
      const { file } = use.directive.node;
      const text = literalText(use.pattern);
      const exact = text !== null && use.text.startsWith('^/') && /(^|[^\\])\$$/.test(use.text);
      // A proxied URI cannot be replaced in a regex location, so a change of kind could change what is passed.
      const proxies = passDirectives.some((name) => (use.directive.opens?.own(name).length ?? 0) > 0);
      if (exact && !proxies)
        yield {
          file,
          span: use.word,
          message: `this matches one path only: location = ${text}`,
          help: `Write location = ${text}.`,
        };
      else if (use.pattern.alternatives.length === 1 && isOpenEnd(use.pattern.alternatives[0]!, use.text))
        yield {
          file,
          span: use.word,
          message: 'the .* at the end matches everything there is, and what is matched is not used',
          help: 'Leave ".*$" out.',
        };
    }
  },
};

function isOpenEnd(branch: readonly Node[], text: string): boolean {
  const last = branch.findLast((node) => node.type !== 'assertion');
  return (
    branch.length > 2 &&
    last?.type === 'repeat' &&
    last.min === 0 &&
    last.max === Infinity &&
    last.body.type === 'set' &&
    /\.\*\$?$/.test(text)
  );
}

export default rule;
