import { droppedHeaders, headerName, listNames } from '../analysis/header-lists.ts';
import { passDirectives } from '../analysis/handlers.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'headers/proxy-header-dropped',
  severity: 'warning',
  title: '`proxy_set_header` drops headers set further out',
  documentation: {
    finds:
      'A level that proxies, with a `proxy_set_header` of its own that does not repeat `Host`, `X-Forwarded-*` and the like of the level above. (`Upgrade` and `Connection` have rules of their own.)',
    matters:
      'nginx inherits `proxy_set_header` only where a level has none. The upstream suddenly sees `Host: $proxy_host` and no client address: wrong virtual host, wrong links, nginx as the client in every log.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header'],
  },
  options: {
    headers: {
      describe: 'The headers that must not get lost, in lower case.',
      default: [
        'host',
        'x-real-ip',
        'x-forwarded-for',
        'x-forwarded-proto',
        'x-forwarded-host',
        'x-forwarded-port',
        'forwarded',
        'authorization',
      ],
    },
  },
  examples: [
    {
      within: 'server',
      config:
        'proxy_set_header Host $host;\nlocation / {\n    proxy_pass http://127.0.0.1:8080;\n    proxy_set_header X-Request-Id $request_id;\n}\n',
      findings: [{ line: 4, message: 'Host' }],
    },
    {
      within: 'server',
      config:
        'proxy_set_header Host $host;\nlocation / {\n    proxy_pass http://127.0.0.1:8080;\n    proxy_set_header Host $host;\n    proxy_set_header X-Request-Id $request_id;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    const wanted = new Set(context.strings('headers'));
    for (const { block, by, dropped } of droppedHeaders(
      context.named('proxy_set_header'),
      'proxy_set_header',
    )) {
      const lost = dropped.filter((one) => wanted.has(headerName(one)));
      if (lost.length === 0) continue;
      if (
        block.context === 'location' &&
        !passDirectives.some((name) => block.own(name).length > 0) &&
        block.children.length === 0
      )
        continue;
      yield {
        ...at(by),
        message: `the upstream does not get ${listNames(lost)}: this level's proxy_set_header replaces the inherited ones`,
        related: lost.map((one) => related(one, 'set here')),
        help: 'Repeat them at this level, for instance by an include that both levels use.',
      };
    }
  },
};

export default rule;
