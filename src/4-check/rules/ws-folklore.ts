import { isOff } from '../../nginx/values/flag.ts';
import { namedSocketLocation, socketLocation } from '../analysis/socket-example.ts';
import { atSites, sessionProtocol } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/folklore',
  severity: 'info',
  title: 'A setting that does nothing for sockets',
  documentation: {
    finds:
      'In a location that serves sockets alone: `proxy_buffering off`, `gzip`, `sub_filter`, `proxy_cache_bypass $http_upgrade` without a cache, and `Sec-WebSocket-*` headers copied by hand.',
    matters:
      'A tunnel is not buffered, compressed, filtered or cached, and `Sec-WebSocket-*` headers pass by themselves. The lines do no harm, but they do not help either.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/websocket.html'],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_buffering off;'),
      findings: [{ line: 6, message: 'proxy_buffering' }],
    },
    { within: 'server', config: namedSocketLocation('/', 'proxy_buffering off;'), findings: [] },
  ],
  check: (context) =>
    atSites(context, function* ({ block, socketsOnly }) {
      // Long polling, the first transport of these protocols, is buffered.
      if (!socketsOnly || sessionProtocol(block) !== null) return;
      const cached = block.effective('proxy_cache').directives.some(({ values }) => values[0] !== 'off');
      for (const one of block.directives) {
        const first = one.values[0]?.toLowerCase() ?? '';
        const copied =
          one.name === 'proxy_set_header' &&
          first.startsWith('sec-websocket-') &&
          one.values[1]?.toLowerCase() === `$http_${first.replaceAll('-', '_')}`;
        const idle =
          ['gzip', 'sub_filter'].includes(one.name) ||
          (one.name === 'proxy_buffering' && isOff(one)) ||
          (one.name === 'proxy_cache_bypass' && !cached);
        if (!copied && !idle) continue;
        yield {
          ...at(one),
          message: copied
            ? `${one.values[0]!} is passed on by itself`
            : `${one.name} has no effect on a tunnel`,
          help: 'It can go.',
        };
      }
    }),
};

export default rule;
