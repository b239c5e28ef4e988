import { replaceWord } from '../../1-syntax/edit.ts';
import { namedSocketLocation, socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/lost-path',
  severity: 'warning',
  title: '`proxy_pass` changes the path of a socket by accident',
  documentation: {
    finds:
      'A location meant for sockets whose `proxy_pass` has a URI that joins badly with the rest of the path (`/ws` to `/` makes `//x`, `/ws/` to `/app` makes `/appx`), or takes away a path that the protocol fixes (`/socket.io/`, `/cable`, …).',
    matters: 'The server gets a path that it does not know, and answers 404.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  },
  examples: [
    {
      within: 'server',
      config: namedSocketLocation('/socket.io/').replace(':9000', ':9000/'),
      findings: [{ line: 2, message: '/socket.io/' }],
    },
    {
      within: 'server',
      config: socketLocation().replace(':9000', ':9000/app'),
      findings: [{ line: 2, message: '/approom' }],
    },
    { within: 'server', config: socketLocation().replace(':9000', ':9000/'), findings: [] },
    { within: 'server', config: namedSocketLocation('/socket.io/'), findings: [] },
  ],
  check: (context) =>
    atSites(context, function* ({ block, pass }) {
      const node = block.directive?.node;
      if (node?.type !== 'location' || node.pattern === null) return;
      if ((node.modifier !== '' && node.modifier !== '^~') || block.own('rewrite').length > 0) return;
      const url = pass.values[0] ?? '';
      const uri = url.includes('$') ? undefined : /^\w+:\/\/[^/]+(\/.*)$/.exec(url)?.[1];
      if (uri === undefined) return;
      const path = `${node.pattern}${node.pattern.endsWith('/') ? '' : '/'}room`;
      const becomes = uri + path.slice(node.pattern.length);
      const fixed = fixedPaths.exec(node.pattern)?.[1];
      const badJoin = node.pattern.endsWith('/') !== uri.endsWith('/') && node.pattern !== '/';
      if (fixed !== undefined && !becomes.includes(fixed)) {
        yield {
          ...at(pass),
          message: `${path} arrives as ${becomes}: the path ${node.pattern} of the protocol is lost`,
          detail: 'People see: 404 from the upstream.',
          fixes: [
            {
              title: 'Pass the path on as it is',
              edits: [replaceWord(pass.node.file, pass.args[0]!, url.slice(0, -uri.length))],
            },
          ],
          help: `Write proxy_pass without a path: "proxy_pass ${url.slice(0, -uri.length)};".`,
        };
      } else if (badJoin) {
        yield {
          ...at(pass),
          // Where clients use the location's own name alone it does no harm.
          severity: uri === '/' ? 'info' : 'warning',
          message: `${path} arrives as ${becomes}: the location and the path of proxy_pass do not both end with a slash`,
          detail: 'People see: 404 from the upstream.',
          help: 'Let both end with a slash, or none.',
        };
      }
    }),
};

/** Paths that clients and servers of a protocol take for granted. */
const fixedPaths = /(\/socket\.io|\/engine\.io|\/sockjs-node|\/cable|\/live\/websocket|\/_blazor)/;

export default rule;
