import { clientChosen, definitions } from '../analysis/origins.ts';
import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/ssrf',
  severity: 'warning',
  title: 'The client chooses the host that is proxied to',
  documentation: {
    finds:
      '`proxy_pass` (and `fastcgi_pass`, `uwsgi_pass`, `scgi_pass`, `grpc_pass`) whose host part comes from an argument, a header, a cookie or a capture of the URL, directly or through `set` and `map`, in a location that clients reach.',
    matters:
      'Whoever sends the request picks the address that nginx connects to: metadata services, databases and admin pages behind the firewall answer to it (server-side request forgery).',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  },
  examples: [
    {
      within: 'location',
      config: 'resolver 127.0.0.1;\nproxy_pass http://$arg_host;\n',
      findings: [{ line: 2, message: '$arg_host' }],
    },
    {
      within: 'http',
      config:
        'map $arg_site $backend {\n    default 127.0.0.1:8080;\n    b 127.0.0.1:8081;\n}\nserver {\n    location / {\n        proxy_pass http://$backend;\n    }\n}\n',
      findings: [],
    },
    {
      within: 'location',
      config: 'internal;\nresolver 127.0.0.1;\nproxy_pass http://$arg_host;\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const name of ['proxy_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass'])
      for (const directive of context.named(name)) {
        const url = directive.values[0];
        if (url === undefined || !url.includes('$')) continue;
        if (directive.block.own('internal').length > 0) continue;
        const authority = /^(?:\w+:\/\/)?([^/?]*)/.exec(url)![1]!;
        const source = clientChosen(authority, context.shared(definitions), (one) =>
          /^(arg|http|cookie)_|^[1-9]$|^(args|query_string)$/.test(one),
        );
        if (source === null) continue;
        yield {
          ...atWord(directive, directive.args[0]),
          message: `the client chooses the upstream through $${source}`,
          detail: authority.includes(`$${source}`)
            ? ''
            : `${authority} is made of $${source} by the set and map directives of this configuration.`,
          help: 'Map what the client sends to a fixed list of upstreams, or make the location internal.',
        };
      }
  },
};

export default rule;
