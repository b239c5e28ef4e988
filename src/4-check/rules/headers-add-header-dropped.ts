import { droppedHeaders, headerName, listNames } from '../analysis/header-lists.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'headers/add-header-dropped',
  severity: 'warning',
  title: '`add_header` drops security headers set further out',
  documentation: {
    finds:
      'A level with an `add_header` of its own that does not repeat the security headers of the level above, when no `add_header_inherit merge` applies.',
    matters:
      'nginx inherits `add_header` only where a level has none. One header for caching in a `location` silently takes `Strict-Transport-Security`, `X-Frame-Options` and the rest off every answer from there.',
    versions: 'All; since 1.29.3 `add_header_inherit merge` keeps them.',
    references: ['https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header'],
  },
  options: {
    headers: {
      describe: 'The headers that must not get lost, in lower case.',
      default: [
        'strict-transport-security',
        'content-security-policy',
        'x-frame-options',
        'x-content-type-options',
        'referrer-policy',
        'permissions-policy',
        'cross-origin-opener-policy',
        'cross-origin-embedder-policy',
        'cross-origin-resource-policy',
      ],
    },
  },
  examples: [
    {
      within: 'server',
      config: 'add_header X-Frame-Options DENY;\nlocation / {\n    add_header Cache-Control no-store;\n}\n',
      findings: [{ line: 3, message: 'X-Frame-Options' }],
    },
    {
      within: 'server',
      config:
        'add_header X-Frame-Options DENY;\nlocation / {\n    add_header X-Frame-Options DENY;\n    add_header Cache-Control no-store;\n}\n',
      findings: [],
    },
    {
      within: 'server',
      target: '1.31.5',
      config:
        'add_header X-Frame-Options DENY;\nlocation / {\n    add_header_inherit merge;\n    add_header Cache-Control no-store;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    const wanted = new Set(context.strings('headers'));
    for (const { block, by, dropped } of droppedHeaders(context.named('add_header'), 'add_header')) {
      const lost = dropped.filter((one) => wanted.has(headerName(one)));
      if (lost.length === 0) continue;
      if (block.effective('add_header_inherit').directives.at(-1)?.values[0] === 'merge') continue;
      yield {
        ...at(by),
        message: `${listNames(lost)} ${lost.length === 1 ? 'is' : 'are'} not sent from here: this level's add_header replaces the inherited ones`,
        related: lost.map((one) => related(one, 'set here')),
        help: context.versions.startsBefore('1.29.3')
          ? 'Repeat them at this level.'
          : 'Repeat them at this level, or write "add_header_inherit merge;".',
      };
    }
  },
};

export default rule;
