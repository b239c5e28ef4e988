import { passDirectives } from '../analysis/handlers.ts';
import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'proxy/stale-dns',
  severity: 'info',
  title: 'The name of an upstream is looked up once, at start',
  documentation: {
    finds:
      '`proxy_pass` and its siblings with a host name that is no `upstream` and has no variable, and `server` of an `upstream` with a name and without `resolve`.',
    matters:
      'nginx keeps the addresses it got when it started. When the container or load balancer behind the name gets a new one, requests go nowhere, or to somebody else: 502 or 504 until nginx is reloaded. If the name cannot be resolved at start, nginx does not start ("host not found in upstream").',
    versions: 'All; `resolve` in open source nginx since 1.27.3.',
    references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve'],
  },
  examples: [
    {
      within: 'location',
      config: 'proxy_pass http://app.internal:8080;\n',
      findings: [{ line: 1, message: 'app.internal' }],
    },
    { within: 'location', config: 'proxy_pass http://127.0.0.1:8080;\n', findings: [] },
    {
      within: 'http',
      config:
        'upstream app {\n    server 10.0.0.1;\n}\nserver {\n    location / {\n        proxy_pass http://app;\n    }\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    const upstreams = new Set(context.named('upstream').map((one) => one.values[0]?.toLowerCase()));
    for (const name of passDirectives)
      for (const directives of context.alike(name)) {
        const host = hostOf(directives[0]!.values[0] ?? '');
        if (host === null || upstreams.has(host.toLowerCase())) continue;
        // A plain word in a fragment is most likely an upstream defined around it.
        if (context.fragment && !host.includes('.')) continue;
        for (const directive of directives)
          if (!directive.block.context.startsWith('stream'))
            yield {
              ...atWord(directive, directive.args[0]),
              message: message(host),
              help: help(context.versions.reaches('1.27.3')),
            };
      }
    for (const block of context.blocks('upstream'))
      for (const directive of block.own('server')) {
        const [word, ...rest] = directive.args;
        const host = hostOf(word?.value ?? '');
        if (host === null || rest.some((one) => one.value === 'resolve' || one.value === 'down')) continue;
        yield {
          ...atWord(directive, word),
          message: message(host),
          help: help(context.versions.reaches('1.27.3')),
        };
      }
  },
};

function message(host: string): string {
  return `${host} is looked up once, when nginx starts`;
}

function help(hasResolve: boolean): string {
  return hasResolve
    ? 'If its address can change: "server … resolve;" in an upstream with a zone, and a resolver (since 1.27.3).'
    : 'If its address can change: put the name into a variable with set, and configure a resolver.';
}

/** The host name of an address, null for IP addresses, sockets, variables and this very machine. */
function hostOf(text: string): string | null {
  if (text.includes('$')) return null;
  const host = /^(?:\w+:\/\/)?([^/:?]+)/.exec(text)?.[1] ?? '';
  if (host === '' || host === 'unix' || host.startsWith('[') || /^[\d.]+$/.test(host)) return null;
  return /^localhost$/i.test(host) ? null : host;
}

export default rule;
