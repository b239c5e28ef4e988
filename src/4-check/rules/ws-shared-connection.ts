import { replaceWord } from '../../1-syntax/edit.ts';
import { levelName } from '../../explain/causes/cause.ts';
import { connectionMap, headerOf } from '../../explain/causes/set-headers.ts';
import { addConnectionMap, definesVariable } from '../analysis/connection-map.ts';
import { namedSocketLocation, socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/shared-connection',
  severity: 'warning',
  title: '`Connection: upgrade` is sent with ordinary requests too',
  documentation: {
    finds:
      'A location that forwards upgrades with the literal `Connection "upgrade"`, and whose name says that it serves ordinary requests as well.',
    matters:
      'Every request arrives with `Connection: upgrade` and without `Upgrade`. Upstream connections are not kept, some servers answer 400 to a POST or wait for something that never comes (504).',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/websocket.html'],
  },
  examples: [
    {
      within: 'server',
      config: namedSocketLocation('/'),
      findings: [{ line: 5, message: 'ordinary requests' }],
    },
    { within: 'server', config: socketLocation(), findings: [] },
  ],
  *check(context) {
    const known = connectionMap(context.config);
    yield* atSites(context, function* ({ block, socketsOnly, headers }) {
      if (socketsOnly) return;
      const literal = headers.find(
        (one) => headerOf(one) === 'connection' && /^["']?upgrade["']?$/i.test(one.values[1] ?? ''),
      );
      if (literal === undefined) return;
      const value = literal.args[1]!;
      const variable = known ?? '$connection_upgrade';
      const taken = known === null && definesVariable(context.config, variable);
      yield {
        ...at(literal),
        message: `ordinary requests to ${levelName(block)} are sent with "Connection: ${value.value}" as well`,
        detail:
          'People see: POST requests that get 400 or hang, and upstream connections that are never reused.',
        fixes: taken
          ? []
          : [
              {
                title: `Use ${variable}`,
                edits: [
                  replaceWord(literal.node.file, value, variable),
                  ...(known === null ? addConnectionMap(context.config) : []),
                ],
              },
            ],
        help: `Use a map of $http_upgrade: "proxy_set_header Connection ${variable};".`,
      };
    });
  },
};

export default rule;
