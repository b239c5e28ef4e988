import { causeFindings } from '../analysis/sockets.ts';
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
      'A `map` of `$http_upgrade` that feeds `Connection` or `Upgrade` and has no entry for a handshake, the wrong value, or key and value swapped.',
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
        'map $http_upgrade $connection_upgrade {\n' +
        '    default upgrade;\n' +
        "    '' close;\n" +
        '}\n' +
        server,
      findings: [],
    },
  ],
  check: (context) => causeFindings(context, 'ws/map'),
};

export default rule;
