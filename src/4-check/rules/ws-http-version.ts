import { atSites } from '../analysis/socket-sites.ts';
import { causeFindings, resultOf } from '../analysis/sockets.ts';
import { insertAfter } from '../../1-syntax/edit.ts';
import { at } from '../context.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/http-version',
  severity: 'error',
  title: 'The upstream is asked over HTTP/1.0 or HTTP/2',
  documentation: {
    finds:
      'A location meant for sockets whose `proxy_http_version` is 1.0 or 2, or is not set where the default is 1.0.',
    matters:
      'A server that follows RFC 6455 does not switch protocols on an HTTP/1.0 request: 400 or 426. nginx has no upgrade path to HTTP/2 upstreams at all.',
    versions: 'The default is 1.1 since 1.29.7 and 1.0 before; `2` exists since 1.29.4.',
    references: [
      'https://nginx.org/en/docs/http/websocket.html',
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_http_version',
    ],
  },
  examples: [
    {
      within: 'server',
      target: '1.22.1',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection "upgrade";\n' +
        '}\n',
      findings: [{ line: 2, message: 'HTTP/1.0' }],
    },
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection "upgrade";\n' +
        '}\n',
      findings: [{ line: 2, message: 'before nginx 1.29.7' }],
    },
    {
      within: 'server',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_http_version 1.0;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection "upgrade";\n' +
        '}\n',
      findings: [{ line: 3, message: 'HTTP/1.0' }],
    },
    {
      within: 'server',
      target: '1.31.5',
      config:
        'location /ws/ {\n' +
        '    proxy_pass http://127.0.0.1:9000;\n' +
        '    proxy_set_header Upgrade $http_upgrade;\n' +
        '    proxy_set_header Connection "upgrade";\n' +
        '}\n',
      findings: [],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  *check(context) {
    yield* causeFindings(context, 'ws/http-version');
    if (!context.versions.startsBefore('1.29.7') || !context.versions.reaches('1.29.7')) return;
    // On the newest version it works; what the older ones would do follows from the default alone.
    yield* atSites(context, function* (site) {
      const { meant, block, pass } = site;
      if (
        resultOf(context, site)?.outcome.end !== 'tunnel' ||
        block.effective('proxy_http_version').from !== null
      )
        return;
      yield {
        ...at(pass),
        message:
          'the upgrade fails before nginx 1.29.7: proxy_http_version is not set, and its default was 1.0',
        detail: `People see 400 or 426 from the upstream on older versions (${meant}).`,
        fixes: [
          {
            title: 'Add proxy_http_version 1.1',
            edits: [insertAfter(pass.node, ['proxy_http_version 1.1;'])],
          },
        ],
        help: 'Add "proxy_http_version 1.1;", or say --target with the version you run.',
      };
    });
  },
};

export default rule;
