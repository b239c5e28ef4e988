import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'style/root-in-location',
  severity: 'info',
  title: 'The same `root` in several locations instead of the server',
  documentation: {
    finds: 'A server without `root` in which two or more locations set the same one.',
    matters:
      'Every new location needs its own copy, and one that forgets it serves from the folder nginx was built with: 404, or the welcome page.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#root'],
  },
  examples: [
    {
      within: 'server',
      config: 'location / {\n    root /srv/www;\n}\nlocation /a/ {\n    root /srv/www;\n}\n',
      findings: [{ line: 5, message: 'same root' }],
    },
    { within: 'server', config: 'root /srv/www;\nlocation / {\n}\nlocation /a/ {\n}\n', findings: [] },
  ],
  *check(context) {
    const byServer = new Map<ResolvedBlock, ResolvedDirective[]>();
    for (const root of context.named('root')) {
      const server = root.block.parent;
      if (root.block.context !== 'location' || server?.context !== 'server') continue;
      const list = byServer.get(server);
      if (list === undefined) byServer.set(server, [root]);
      else list.push(root);
    }
    for (const [server, roots] of byServer) {
      if (server.effective('root').from !== null) continue;
      const [first] = roots;
      const again = roots.find((one) => one !== first && one.values[0] === first?.values[0]);
      if (first === undefined || again === undefined) continue;
      yield {
        ...at(again),
        message: 'the same root stands in another location of this server',
        related: [related(first, 'the other one')],
        help: 'Set root once, in the server.',
      };
    }
  },
};

export default rule;
