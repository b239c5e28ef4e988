import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

/** What `if` in a location does as people expect: the directives of the rewrite module, and what only logs or limits. */
const harmless: ReadonlySet<string> = new Set([
  'return',
  'rewrite',
  'set',
  'break',
  'if',
  'include',
  'access_log',
  'limit_rate',
  'limit_rate_after',
  'rewrite_log',
  'rewrite_by_lua_block',
  'set_by_lua_block',
]);

const rule: Rule = {
  code: 'routing/if-is-evil',
  severity: 'warning',
  title: '`if` in a location with more than rewriting in it',
  documentation: {
    finds:
      'An `if` inside a `location` that holds other directives than `return`, `rewrite`, `set` and `break`, and neither ends the request nor is the only `if` that sets them.',
    matters:
      'An `if` is a hidden nested location: when it matches, its directives replace those outside (one `add_header` drops all others), `try_files` outside is forgotten, and of several matching `if`s only the last one counts. So things work one by one and fail together.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if'],
  },
  examples: [
    {
      within: 'server',
      config:
        'location / {\n    try_files $uri /index.html;\n    if ($arg_a) {\n        add_header X-A 1;\n    }\n}\n',
      findings: [{ line: 4, message: 'try_files' }],
    },
    {
      within: 'server',
      config:
        'location / {\n    add_header X-All 1;\n    if ($arg_a) {\n        add_header X-A 1;\n    }\n}\n',
      findings: [{ line: 4, message: 'add_header' }],
    },
    {
      within: 'server',
      config:
        'location / {\n    if ($request_method = OPTIONS) {\n        add_header Access-Control-Max-Age 600;\n        return 204;\n    }\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const block of context.blocks('if in location')) {
      if (block.own('return').length > 0 || block.own('break').length > 0) continue;
      if (block.own('rewrite').some((one) => /^(last|redirect|permanent)$/.test(one.values[2] ?? '')))
        continue;
      const acting = block.directives.find((one) => one.valid && !harmless.has(one.name));
      const location = block.parent;
      if (acting === undefined || location === null) continue;
      const tryFiles = location.own('try_files').length > 0;
      const siblings = location.children.filter(
        (one) =>
          one !== block &&
          one.context === 'if in location' &&
          one.directives.some((each) => !harmless.has(each.name)),
      );
      const replaced =
        acting.spec?.inherit === 'array-replace' && location.effective(acting.name).directives.length > 0;
      const trouble = tryFiles
        ? 'when this if matches, the try_files of the location is not used'
        : replaced
          ? `when this if matches, its ${acting.name} replaces those outside`
          : siblings.length > 0
            ? 'when another if of this location matches as well, only the last one counts'
            : null;
      if (trouble === null) continue;
      yield {
        ...at(acting),
        message: trouble,
        help: 'Choose the value by map and use the variable outside of if.',
      };
    }
  },
};

export default rule;
