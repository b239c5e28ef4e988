import { enclosing, listensOf } from '../analysis/listens.ts';
import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'headers/hsts',
  severity: 'info',
  title: '`Strict-Transport-Security` without effect',
  documentation: {
    finds:
      '`Strict-Transport-Security` that no browser acts on: sent by a server without TLS, without a `max-age`, or with one below the option `minimum`.',
    matters:
      'Browsers ignore the header over plain HTTP (RFC 6797, 8.1). With a short `max-age` the protection lapses between two visits. `max-age=0`, which switches it off, is taken as meant.',
    versions: 'All.',
    references: ['https://www.rfc-editor.org/rfc/rfc6797'],
  },
  options: { minimum: { describe: 'Least max-age in seconds.', default: 2592000 } },
  examples: [
    {
      within: 'http',
      config: 'server {\n    listen 80;\n    add_header Strict-Transport-Security "max-age=31536000";\n}\n',
      findings: [{ line: 3, message: 'plain HTTP' }],
    },
    {
      within: 'server',
      config:
        'listen 443 ssl;\nssl_certificate a.pem;\nssl_certificate_key a.key;\nadd_header Strict-Transport-Security "max-age=300";\n',
      findings: [{ line: 4, message: '300 seconds' }],
    },
    {
      within: 'server',
      config:
        'listen 443 ssl;\nssl_certificate a.pem;\nssl_certificate_key a.key;\nadd_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const directive of context.named('add_header')) {
      const [name, value] = directive.args;
      if (name?.value.toLowerCase() !== 'strict-transport-security' || value === undefined) continue;
      const server = enclosing(directive.block, 'server');
      const tls = (one: { parameters: ReadonlySet<string>; address: string }): boolean =>
        one.parameters.has('ssl') || one.parameters.has('quic') || one.parameters.has('proxy_protocol');
      if (server !== null && server.own('listen').length > 0 && !listensOf(server).some(tls)) {
        // Behind a balancer that ends TLS the header passes through it, and then it does count.
        if (/forwarded|real_ip/.test(server.directives.map((one) => one.name).join(' '))) continue;
        yield {
          ...atWord(directive, name),
          message: 'this server answers over plain HTTP only, where browsers ignore the header',
          help: 'Set it in the server that listens with ssl. If something in front of this server ends TLS, set it there.',
        };
        continue;
      }
      if (value.value.includes('$')) continue;
      const age = /max-age\s*=\s*"?(\d+)/i.exec(value.value)?.[1];
      if (age === undefined)
        yield {
          ...atWord(directive, value),
          message: 'without max-age browsers ignore the header',
          help: 'Write "max-age=31536000".',
        };
      else if (Number(age) > 0 && Number(age) < context.number('minimum'))
        yield {
          ...atWord(directive, value),
          message: `browsers forget this after ${age} seconds`,
          help: 'Raise max-age once everything works, to a year at best.',
        };
    }
  },
};

export default rule;
