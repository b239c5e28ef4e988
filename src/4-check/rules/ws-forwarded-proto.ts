import { headerOf } from '../../explain/causes/set-headers.ts';
import { listensOf } from '../analysis/listens.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { serverOf } from '../analysis/socket-sites.ts';
import { at, type CheckContext } from '../context.ts';
import { onceForSites } from '../analysis/once.ts';
import type { Finding, Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/forwarded-proto',
  severity: 'info',
  title: 'The upstream of a socket is not told about TLS',
  documentation: {
    finds:
      'A location meant for sockets in a server with TLS that sends no `X-Forwarded-Proto`, or a literal `http`.',
    matters:
      'Frameworks that check the origin compare the scheme too: without it `https://…` does not match and the handshake gets 403. It depends on the application.',
    versions: 'All.',
    references: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-Proto'],
  },
  examples: [
    {
      within: 'http',
      config: `server {\nlisten 443 ssl;\nssl_certificate c.pem;\nssl_certificate_key c.key;\n${socketLocation()}}\n`,
      findings: [{ line: 6, message: 'X-Forwarded-Proto' }],
    },
    { within: 'server', config: socketLocation(), findings: [] },
    {
      within: 'http',
      config: `server {\nlisten 443 ssl;\nssl_certificate c.pem;\nssl_certificate_key c.key;\n${socketLocation('proxy_set_header X-Forwarded-Proto $scheme;')}}\n`,
      findings: [],
    },
  ],
  check: findings,
};

function findings(context: CheckContext): Generator<Finding> {
  return onceForSites(context, function* ({ block, pass, headers }) {
    if (/^https:/i.test(pass.values[0] ?? '')) return;
    const server = serverOf(block);
    if (server === null || !listensOf(server).some(({ parameters }) => parameters.has('ssl'))) return;
    const sent = headers.findLast((one) =>
      /^(x-forwarded-(proto|ssl|scheme)|x-scheme|forwarded)$/.test(headerOf(one)),
    );
    if (sent !== undefined && sent.values[1]?.toLowerCase() !== 'http') return;
    yield {
      ...at(sent ?? pass),
      message:
        sent === undefined
          ? 'the upstream gets no X-Forwarded-Proto, although clients come with TLS'
          : `"${sent.values[0]!}: http" is sent, although clients come with TLS`,
      detail: 'It depends on the application. People see: 403 from checks of the origin.',
      help: 'Add "proxy_set_header X-Forwarded-Proto $scheme;" beside the other headers.',
    };
  });
}

export default rule;
