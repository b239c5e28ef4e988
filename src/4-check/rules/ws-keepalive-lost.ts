import { setsHeader } from '../../explain/causes/set-headers.ts';
import { upstreamOf } from '../analysis/upstream-of.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/keepalive-lost',
  severity: 'info',
  title: "A map with `'' close` keeps the pool of connections empty",
  documentation: {
    finds:
      'A location that serves ordinary requests too, passes them to an `upstream` with `keepalive`, and takes `Connection` from a map that gives `close` where no upgrade is asked for.',
    matters:
      'With `Connection: close` the upstream closes each connection, so `keepalive` has no effect: a new connection for every request.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  },
  examples: [
    {
      within: 'http',
      config:
        "map $http_upgrade $connection_upgrade {\n    default upgrade;\n    '' close;\n}\n" +
        'upstream app {\n    server 127.0.0.1:9000;\n    keepalive 16;\n}\n' +
        'server {\n    location / {\n        proxy_pass http://app;\n        proxy_http_version 1.1;\n' +
        '        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection $connection_upgrade;\n    }\n}\n',
      findings: [{ line: 3, message: 'keepalive' }],
    },
    {
      within: 'http',
      config:
        "map $http_upgrade $connection_upgrade {\n    default upgrade;\n    '' '';\n}\n" +
        'upstream app {\n    server 127.0.0.1:9000;\n    keepalive 16;\n}\n' +
        'server {\n    location / {\n        proxy_pass http://app;\n        proxy_http_version 1.1;\n' +
        '        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection $connection_upgrade;\n    }\n}\n',
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ pass, socketsOnly, headers }) {
      if (socketsOnly) return;
      const upstream = upstreamOf(context, pass);
      const keepalive = upstream?.own('keepalive').at(-1);
      if (keepalive === undefined) return;
      const variable = headers.findLast((one) => setsHeader(one, 'connection'))?.values[1]?.toLowerCase();
      const map = context.named('map').find((one) => one.values[1]?.toLowerCase() === variable);
      if (map?.values[0]?.toLowerCase() !== '$http_upgrade') return;
      const entry = map.entries.find(({ keyword }) => keyword === '');
      const value = entry?.args[0];
      if (entry === undefined || value?.value.toLowerCase() !== 'close') return;
      yield {
        ...at(entry),
        message: `the map gives "close" to ordinary requests, so keepalive of upstream ${upstream!.directive!.values[0]!} has no effect`,
        related: [related(keepalive, 'keepalive is set here'), related(pass, 'used here')],
        fixes: [
          {
            title: 'Send no Connection header instead',
            edits: [{ file: entry.file, start: value.start, end: value.end, text: "''" }],
          },
        ],
        help: `Write "'' '';" in the map: then no Connection header is sent, and connections are kept.`,
      };
    }),
};

export default rule;
