import { insertAtStart } from '../../1-syntax/edit.ts';
import type { BlockDirective } from '../../1-syntax/ast.ts';
import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import { levelName, textOf } from '../../explain/causes/cause.ts';
import { headerOf } from '../../explain/causes/set-headers.ts';
import { atSites, serverOf } from '../analysis/socket-sites.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { at, blocksBelow, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/auth-request',
  severity: 'warning',
  title: 'The authentication request asks for an upgrade too',
  documentation: {
    finds:
      'An `auth_request` on a socket whose own location forwards `Upgrade`: set there, or inherited from the server.',
    matters:
      'The authentication server gets a handshake. If it answers 101, nginx closes the connection ("connection upgrade in subrequest"); if it answers 400 or 426, the client gets 500. It depends on that server.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_auth_request_module.html'],
  },
  examples: [
    {
      within: 'server',
      config:
        'proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "upgrade";\n' +
        'location /ws/ {\n    auth_request /auth;\n    proxy_pass http://127.0.0.1:9000;\n    proxy_http_version 1.1;\n}\n' +
        'location = /auth {\n    proxy_pass http://127.0.0.1:9001;\n}\n',
      findings: [{ line: 8, message: '/auth' }],
    },
    {
      within: 'server',
      config:
        socketLocation('auth_request /auth;') +
        'location = /auth {\n    proxy_pass http://127.0.0.1:9001;\n}\n',
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ block, pass }) {
      const request = pass === null ? undefined : block.effective('auth_request').directives.at(-1);
      const uri = request?.values[0];
      if (request === undefined || uri === undefined || uri === 'off') return;
      const target = locationFor(block, uri);
      if (target === null || target.own('proxy_pass').length === 0) return;
      const { from, directives } = target.effective('proxy_set_header');
      const upgrade = directives.findLast((one) => headerOf(one) === 'upgrade');
      if (upgrade === undefined || (upgrade.values[1] ?? '') === '') return;
      const others = directives.filter((one) => !['upgrade', 'connection'].includes(headerOf(one)));
      const node = target.directive!.node as BlockDirective;
      yield {
        ...at(target.directive!),
        message: `the authentication request to ${levelName(target)} carries the Upgrade header of the socket`,
        detail:
          'It depends on the authentication server. People see: 500, or a connection that closes without an answer.',
        related: [related(upgrade, 'Upgrade is set here'), related(request, 'used here')],
        fixes:
          from === target
            ? []
            : [
                {
                  title: 'Send the authentication request without an upgrade',
                  edits: [
                    insertAtStart(node, [
                      ...others.map((one) => `${textOf(one)};`),
                      'proxy_set_header Upgrade "";',
                      'proxy_set_header Connection "";',
                    ]),
                  ],
                },
              ],
        help: 'Set Upgrade and Connection to "" in that location.',
      };
    }),
};

/** The location written for exactly this URI, or the longest prefix of it. */
function locationFor(block: ResolvedBlock, uri: string): ResolvedBlock | null {
  const server = serverOf(block);
  if (server === null) return null;
  let best: ResolvedBlock | null = null;
  let length = -1;
  for (const level of blocksBelow(server)) {
    const node = level.context === 'location' ? level.directive?.node : undefined;
    if (node?.type !== 'location' || node.pattern === null) continue;
    if (node.modifier === '=' && node.pattern === uri) return level;
    if (
      (node.modifier === '' || node.modifier === '^~') &&
      uri.startsWith(node.pattern) &&
      node.pattern.length > length
    ) {
      best = level;
      length = node.pattern.length;
    }
  }
  return best;
}

export default rule;
