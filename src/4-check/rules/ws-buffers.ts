import { parseSize } from '../../nginx/values/size.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/buffers',
  severity: 'info',
  title: 'Small buffers for the heads of handshakes',
  documentation: {
    finds:
      '`proxy_buffer_size` below 4k, or `large_client_header_buffers` below 4k, for a location meant for sockets.',
    matters:
      'Handshakes carry all cookies of the site, and answers may set some. A head that does not fit gives 502 ("upstream sent too big header") or 400. It depends on the cookies.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size',
      'https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers',
    ],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_buffer_size 1k;', 'proxy_buffers 8 4k;'),
      findings: [{ line: 6, message: '1k' }],
    },
    {
      within: 'server',
      config: socketLocation('proxy_buffer_size 16k;', 'proxy_buffers 8 16k;'),
      findings: [],
    },
  ],
  *check(context) {
    const seen = new Set<object>();
    yield* atSites(context, function* ({ block }) {
      for (const [name, index, symptom] of buffers) {
        const set = block.effective(name).directives.at(-1);
        const size = parseSize(set?.values[index] ?? '');
        if (set === undefined || seen.has(set) || size === null || size >= 4096) continue;
        seen.add(set);
        yield {
          ...at(set),
          message: `${name} leaves ${set.values[index]!} for a head: a handshake brings all cookies of the site`,
          detail: `It depends on the cookies. People see: ${symptom}.`,
          help: 'Make it 4k or more.',
        };
      }
    });
  },
};

const buffers = [
  ['proxy_buffer_size', 0, '502, and "upstream sent too big header" in the error log'],
  ['large_client_header_buffers', 1, '400 or 414'],
] as const;

export default rule;
