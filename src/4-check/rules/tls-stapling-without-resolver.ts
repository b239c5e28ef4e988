import { isOn } from '../../nginx/values/flag.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'tls/stapling-without-resolver',
  severity: 'warning',
  title: '`ssl_stapling` without `resolver`',
  documentation: {
    finds:
      '`ssl_stapling on` where no `resolver` applies, without `ssl_stapling_file` and without a responder given by address.',
    matters:
      'nginx resolves the name of the OCSP responder at run time. Without a resolver the error log says "no resolver defined to resolve …" and no answer is ever stapled.',
    versions: 'All since 1.3.7.',
    references: ['https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_stapling'],
  },
  examples: [
    { within: 'http', config: 'ssl_stapling on;\n', findings: [{ line: 1, message: 'resolver' }] },
    { within: 'http', config: 'resolver 127.0.0.53;\nssl_stapling on;\n', findings: [] },
  ],
  *check(context) {
    for (const directive of context.named('ssl_stapling')) {
      if (!isOn(directive)) continue;
      const { block } = directive;
      const responder = block.effective('ssl_stapling_responder').directives.at(-1)?.values[0] ?? '';
      if (block.effective('resolver').from !== null || block.effective('ssl_stapling_file').from !== null)
        continue;
      if (/^http:\/\/[\d.[]/.test(responder)) continue;
      // The servers that use it may each have a resolver.
      if (block.context === 'http' && block.children.some((one) => one.own('resolver').length > 0)) continue;
      yield {
        ...at(directive),
        message:
          'without a resolver the name of the OCSP responder cannot be looked up, so nothing is stapled',
        help: 'Add a resolver, for instance "resolver 127.0.0.53;".',
      };
    }
  },
};

export default rule;
