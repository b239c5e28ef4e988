import { isOn } from '../../nginx/values/flag.ts';
import { listensOf } from '../analysis/listens.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'http2/misdirected',
  severity: 'info',
  title: 'A rejecting default server that answers coalesced requests',
  documentation: {
    finds:
      'A default server with `ssl_reject_handshake on` and HTTP/2 or HTTP/3 that does not answer 421 (or close) to requests that reach it all the same.',
    matters:
      'A browser with a connection to one name may send requests for another over it (connection coalescing). They pass no handshake, so the rejection does not apply, and end in the default server with the right name in `Host`. With 421 the browser opens a new connection; with 404 the page is broken now and then.',
    versions: 'Since 1.19.4, which has ssl_reject_handshake.',
    references: ['https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20'],
  },
  examples: [
    {
      within: 'http',
      target: '1.31.5',
      config:
        'server {\n    listen 443 ssl default_server;\n    http2 on;\n    ssl_reject_handshake on;\n}\n',
      findings: [{ line: 4, message: '421' }],
    },
    {
      within: 'http',
      target: '1.31.5',
      config:
        'server {\n    listen 443 ssl default_server;\n    http2 on;\n    ssl_reject_handshake on;\n    return 421;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const directive of context.named('ssl_reject_handshake')) {
      const { block } = directive;
      if (!isOn(directive) || block.context !== 'server') continue;
      const listens = listensOf(block);
      if (!listens.some((one) => one.parameters.has('default_server') || one.parameters.has('default')))
        continue;
      const multiplexed =
        isOn(block.effective('http2').directives.at(-1)) ||
        listens.some((one) => one.parameters.has('http2') || one.parameters.has('quic'));
      if (!multiplexed || block.own('return').some((one) => /^(421|444)$/.test(one.values[0] ?? '')))
        continue;
      yield {
        ...at(directive),
        message: 'requests that come over a connection for another name pass this; they should get 421',
        help: 'Add "return 421;" to this server.',
      };
    }
  },
};

export default rule;
