import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { regexUses, type RegexUse } from '../analysis/regexes.ts';
import { isCapture, referencesIn } from '../analysis/variables.ts';
import { atWord, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'regex/overwritten-capture',
  severity: 'warning',
  title: 'A later expression overwrites the captures of the location',
  documentation: {
    finds:
      'A regex `location` with unnamed groups whose `$1` is used in a directive of the content phase (`proxy_pass`, `alias`, `root`, `try_files`, `fastcgi_param`, `add_header`), while an `if` or `rewrite` of the same location matches another expression before that.',
    matters:
      'There is one set of numbered captures per request. Each expression that matches replaces them, even one without groups, which leaves `$1` empty. The location works until the `if` matches.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_rewrite_module.html'],
  },
  examples: [
    {
      within: 'server',
      config:
        'location ~ ^/u/(.*)$ {\n    if ($http_user_agent ~ bot) {\n        set $bot 1;\n    }\n    proxy_pass http://127.0.0.1:8080/$1;\n}\n',
      findings: [{ line: 5, message: '$1' }],
    },
    {
      within: 'server',
      config:
        'location ~ ^/u/(?<rest>.*)$ {\n    if ($http_user_agent ~ bot) {\n        set $bot 1;\n    }\n    proxy_pass http://127.0.0.1:8080/$rest;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    const uses = context.shared(regexUses);
    const rewriting = new Map<ResolvedDirective, RegexUse>();
    for (const use of uses)
      if (use.kind === 'if' || use.kind === 'rewrite') rewriting.set(use.directive, use);
    for (const { kind, directive: location, pattern } of uses) {
      if (kind !== 'location' || pattern.captureCount === 0 || location.opens === null) continue;
      const matcher = location.opens.directives.find((one) => mayMatchAndGoOn(one, rewriting));
      if (matcher === undefined) continue;
      for (const directive of location.opens.directives) {
        if (!contentDirectives.has(directive.name)) continue;
        for (const word of directive.args) {
          const capture = referencesIn(word.value).find(({ name }) => isCapture(name));
          if (capture === undefined) continue;
          yield {
            ...atWord(directive, word),
            message: `$${capture.written} is no longer the location's when the expression of this ${matcher.name} matched`,
            related: [
              related(matcher, 'this expression replaces the captures'),
              related(location, 'the captures come from here'),
            ],
            help: 'Name the group, (?<rest>…), and use $rest.',
          };
          break;
        }
      }
    }
  },
};

/** Evaluated when the request is passed on or answered, after all of the rewrite phase. */
const contentDirectives: ReadonlySet<string> = new Set([
  'proxy_pass',
  'alias',
  'root',
  'try_files',
  'fastcgi_param',
  'fastcgi_pass',
  'uwsgi_param',
  'uwsgi_pass',
  'scgi_param',
  'scgi_pass',
  'proxy_set_header',
  'add_header',
]);

function mayMatchAndGoOn(
  directive: ResolvedDirective,
  rewriting: ReadonlyMap<ResolvedDirective, RegexUse>,
): boolean {
  const use = rewriting.get(directive);
  if (use === undefined) return false;
  if (use.kind === 'rewrite') return directive.values[2] === 'break';
  return !use.directive.values[1]!.startsWith('!') && (directive.opens?.own('return').length ?? 0) === 0;
}

export default rule;
