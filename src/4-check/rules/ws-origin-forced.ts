import { setsHeader } from '../../explain/causes/set-headers.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/origin-forced',
  severity: 'warning',
  title: 'The `Origin` of a handshake is overwritten',
  documentation: {
    finds:
      'A `proxy_set_header Origin` that does not pass on what the browser sent, in a location meant for sockets.',
    matters:
      "Browsers let any page open a socket to any server: `Origin` is all that tells foreign pages apart. Overwriting it makes every page look like one's own: cross-site WebSocket hijacking.",
    versions: 'All.',
    references: ['https://www.rfc-editor.org/rfc/rfc6455#section-10.2'],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_set_header Origin "";'),
      findings: [{ line: 6, message: 'foreign page' }],
    },
    { within: 'server', config: socketLocation('proxy_set_header Origin $http_origin;'), findings: [] },
  ],
  check: (context) =>
    atSites(context, function* ({ headers }) {
      const origin = headers.findLast((one) => setsHeader(one, 'origin'));
      const value = origin?.values[1] ?? '';
      if (origin === undefined || /\$\{?http_origin\b/i.test(value)) return;
      // A map or set may let known origins through.
      if (value.includes('$') && !/^https?:\/\/\$(host|http_host|proxy_host|server_name)$/i.test(value))
        return;
      yield {
        ...at(origin),
        message: `${value === '' ? 'Origin is taken away' : `Origin is always "${value}"`}: the application cannot tell a foreign page from its own`,
        detail:
          'Any web page a user visits can open a socket with the cookies of that user (cross-site WebSocket hijacking).',
        help: 'Remove it, and list the allowed origins in the application.',
      };
    }),
};

export default rule;
