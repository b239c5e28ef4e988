import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { hasHandler, passDirectives } from '../analysis/handlers.ts';
import { missingPassFixes } from '../analysis/missing-pass.ts';
import { headerName } from '../analysis/header-lists.ts';
import { at, blocksBelow, related } from '../context.ts';
import { atLocations } from '../analysis/alike.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/missing-proxy-pass',
  severity: 'error',
  title: 'Headers for an upgrade in a location that does not proxy',
  documentation: {
    finds:
      'A `location` that sets `Upgrade` or `Connection` for an upstream, in which neither it nor anything inside passes the request on: no `proxy_pass`, no other handler, no `try_files` or `rewrite` that leads elsewhere.',
    matters:
      'nginx answers with a file, or 404, and the headers never go anywhere: "Unexpected response code: 404". `proxy_pass` is not inherited by locations, nested ones included.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  },
  examples: [
    {
      within: 'server',
      config:
        'location /chat/ {\n    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection "upgrade";\n}\n',
      findings: [{ line: 1, message: 'no proxy_pass' }],
    },
    {
      within: 'server',
      config:
        'location /chat/ {\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection "upgrade";\n    location /chat/a/ {\n        proxy_pass http://127.0.0.1:9000;\n    }\n}\n',
      findings: [],
    },
  ],
  check: (context) =>
    atLocations(context, function* (block) {
      const header = block.own('proxy_set_header').find(forwards);
      if (header === undefined || block.directive === null || leadsOn(block)) return;
      const place = at(block.directive);
      yield {
        ...place,
        message: 'no proxy_pass here: nginx answers the handshake with a file or 404',
        related: [related(header, 'meant for an upstream')],
        help: 'Add "proxy_pass http://UPSTREAM;".',
        fixes: missingPassFixes(context, place),
      };
    }),
};

/** Whether it hands on one of the two headers that an upgrade needs. */
function forwards(header: ResolvedDirective): boolean {
  const name = headerName(header);
  return (name === 'upgrade' || name === 'connection') && (header.values[1] ?? '') !== '';
}

/** Whether a request that comes here is passed on or answered, here or further in, or leaves for another location. */
function leadsOn(block: ResolvedBlock): boolean {
  for (const one of blocksBelow(block)) {
    if (hasHandler(one) || passDirectives.some((name) => one.effective(name).from !== null)) return true;
    if (one.own('try_files').length > 0 || one.own('rewrite').length > 0) return true;
    // What a module or file we do not see may add.
    if (one.directives.some((each) => each.spec === null || !each.valid || each.spec.thirdParty !== null))
      return true;
  }
  return false;
}

export default rule;
