import { levelName } from '../../explain/causes/cause.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/auth',
  severity: 'warning',
  title: '`auth_basic` protects a socket',
  documentation: {
    finds: '`auth_basic` on a location meant for sockets.',
    matters:
      'Scripts cannot give credentials for a socket. Some browsers reuse those of the page, Safari does not: the handshake gets 401 and the socket closes with 1006 there.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_auth_basic_module.html'],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('auth_basic "members";', 'auth_basic_user_file htpasswd;'),
      findings: [{ line: 6, message: '401' }],
    },
    {
      within: 'server',
      config: `auth_basic "members";\nauth_basic_user_file htpasswd;\n${socketLocation('auth_basic off;')}`,
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ block, meant }) {
      const realm = block.effective('auth_basic').directives.at(-1);
      if (realm === undefined || realm.values[0] === 'off') return;
      const others = block.effective('satisfy').directives.at(-1)?.values[0] === 'any';
      yield {
        ...at(realm),
        // With "satisfy any" clients of known addresses are let in without a password.
        severity: others ? 'info' : 'warning',
        message: `a browser's handshake to ${levelName(block)} gets 401: scripts cannot give a password for a socket`,
        detail: `The location is meant for sockets (${meant}). People see: close code 1006, in Safari always.`,
        related: [related(block.directive!, 'the location')],
        help: 'Authenticate sockets by a cookie or token, and write "auth_basic off;" here.',
      };
    }),
};

export default rule;
