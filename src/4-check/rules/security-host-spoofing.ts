import { referencesIn } from '../analysis/variables.ts';
import { atWord, atWords } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/host-spoofing',
  severity: 'info',
  title: '`Host` for the upstream is whatever the client sent',
  documentation: {
    finds: '`proxy_set_header Host` with `$http_host` or an argument, cookie or other header of the request.',
    matters:
      '`$http_host` is the raw header: in a request for `http://good.example/` with `Host: evil.example` nginx routes by the first and forwards the second. Applications that make links, redirects or cache keys of it can be poisoned. `$host` is what nginx itself used. It has no port; `$host:$server_port` has, and `$http_host` is still wanted by some applications behind an unusual port.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#var_host'],
  },
  examples: [
    {
      within: 'location',
      config: 'proxy_pass http://127.0.0.1:8080;\nproxy_set_header Host $http_host;\n',
      findings: [{ line: 2, message: '$http_host' }],
    },
    {
      within: 'location',
      config: 'proxy_pass http://127.0.0.1:8080;\nproxy_set_header Host $host;\n',
      findings: [],
    },
  ],
  check: (context) =>
    atWords(context, 'proxy_set_header', function* (directive) {
      const [name, value] = directive.args;
      if (name?.value.toLowerCase() !== 'host' || value === undefined) return;
      const raw = referencesIn(value.value).find((one) => /^(http|arg|cookie)_/.test(one.name));
      if (raw === undefined) return;
      yield {
        ...atWord(directive, value),
        message: `the upstream gets $${raw.written}, which the client chooses freely, as Host`,
        help: 'Use $host, or $host:$server_port where the port matters.',
      };
    }),
};

export default rule;
