import { atWord, atWords } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'proxy/decoded-path',
  severity: 'info',
  enabled: false,
  title: 'A URI in `proxy_pass` makes nginx decode the path',
  documentation: {
    finds: '`proxy_pass` with a URI (a path, if only `/`) in a prefix location, or `$uri` in it.',
    matters:
      'The matched prefix is replaced in the decoded, normalised path, which is then encoded anew: `%2F` arrives as `/`, `//` as `/`, and `..` is already resolved. Upstreams that keep slashes inside of identifiers answer 404, and what the upstream checks is not what the client sent. Off by default, because replacing a prefix is often the very purpose.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /api/ {\n    proxy_pass http://127.0.0.1:8080/;\n}\n',
      findings: [{ line: 2, message: 'decoded' }],
    },
    {
      within: 'server',
      config: 'location /api/ {\n    proxy_pass http://127.0.0.1:8080;\n}\n',
      findings: [],
    },
  ],
  check: (context) =>
    atWords(context, 'proxy_pass', function* (directive) {
      const word = directive.args[0];
      if (word === undefined) return;
      const path = /^\w+:\/\/(?:unix:[^:]*:?|[^/?]*)(.*)$/.exec(word.value)?.[1] ?? '';
      const decoded = word.value.includes('$') ? /\$(\{uri\}|uri\b)/.test(path) : path !== '';
      if (!decoded) return;
      yield {
        ...atWord(directive, word),
        message: 'the upstream gets the decoded and re-encoded path, not the one the client sent',
        help: 'Leave the URI out, and take the prefix off with rewrite, or in the upstream, if %2F matters.',
      };
    }),
};

export default rule;
