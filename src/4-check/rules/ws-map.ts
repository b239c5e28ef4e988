import { causeFindings } from '../analysis/sockets.ts';
import { setsHeader } from '../../explain/causes/set-headers.ts';
import { at, type CheckContext } from '../context.ts';
import type { Rule } from '../rule.ts';

/** What uses the map. */
const server =
  'server {\n' +
  'location /ws/ {\n' +
  '    proxy_pass http://127.0.0.1:9000;\n' +
  '    proxy_http_version 1.1;\n' +
  '    proxy_set_header Upgrade $http_upgrade;\n' +
  '    proxy_set_header Connection $connection_upgrade;\n' +
  '}\n' +
  '}\n';

const rule: Rule = {
  code: 'ws/map',
  severity: 'error',
  title: 'The map behind an upgrade header gives handshakes the wrong word',
  documentation: {
    finds:
      'A `map` of `$http_upgrade` that feeds `Connection` or `Upgrade` and has no entry for a handshake, the wrong value, or key and value swapped; a `map` of `$http_connection`, which is a list in Firefox.',
    matters:
      'A map without a matching entry and without `default` gives the empty string, and an empty header is not sent: 400 or 426. nginx accepts such a map without a word.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/websocket.html',
      'https://nginx.org/en/docs/http/ngx_http_map_module.html',
    ],
  },
  examples: [
    {
      within: 'http',
      config: 'map $http_upgrade $connection_upgrade {\n' + "    '' close;\n" + '}\n' + server,
      findings: [{ line: 1, message: 'no entry for "websocket" and no default' }],
    },
    {
      within: 'http',
      config:
        'map $http_upgrade $connection_upgrade {\n' +
        '    upgrade default;\n' +
        "    close '';\n" +
        '}\n' +
        server,
      findings: [{ line: 2, message: 'swapped' }],
    },
    {
      within: 'http',
      config:
        'map $http_connection $connection_upgrade {\n    default close;\n    upgrade upgrade;\n}\n' + server,
      findings: [{ line: 1, message: 'Firefox' }],
    },
    {
      within: 'http',
      config:
        'map $http_upgrade $connection_upgrade {\n' +
        '    default upgrade;\n' +
        "    '' close;\n" +
        '}\n' +
        server,
      findings: [],
    },
  ],
  *check(context) {
    yield* causeFindings(context, 'ws/map');
    for (const map of context.named('map')) {
      const [source, variable] = map.args;
      if (
        !/^\$\{?http_connection\}?$/i.test(source?.value ?? '') ||
        !feedsConnection(context, variable!.value)
      )
        continue;
      const keys = map.entries.map(({ keyword }) => keyword.toLowerCase());
      const byDefault = map.entries.find(({ keyword }) => keyword === 'default')?.values[0] ?? '';
      if (keys.some((key) => key.startsWith('~')) || byDefault.toLowerCase() === 'upgrade') continue;
      yield {
        ...at(map),
        severity: 'warning',
        message: `the map of ${variable!.value} compares all of Connection: Firefox sends "keep-alive, Upgrade", and gets "${byDefault}"`,
        detail: 'People see: the socket works in Chrome, and gets 400 or 426 in Firefox.',
        help: `Look up the other header: "map $http_upgrade ${variable!.value} { default upgrade; '' close; }".`,
      };
    }
  },
};

function feedsConnection(context: CheckContext, variable: string): boolean {
  return context
    .named('proxy_set_header')
    .some((one) => setsHeader(one, 'connection') && one.values[1]?.toLowerCase() === variable.toLowerCase());
}

export default rule;
