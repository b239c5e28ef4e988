import type { Word } from '../../1-syntax/ast.ts';
import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

/** In lower case: nginx compares the names without case. */
const outdated: ReadonlySet<string> = new Set(['sslv2', 'sslv3', 'tlsv1', 'tlsv1.1']);

const rule: Rule = {
  code: 'tls/protocols',
  severity: 'warning',
  title: 'TLS versions that are no longer safe',
  documentation: {
    finds: '`SSLv2`, `SSLv3`, `TLSv1` or `TLSv1.1` in `ssl_protocols` and its siblings for upstreams.',
    matters:
      'TLS 1.0 and 1.1 were withdrawn in 2021 (RFC 8996); SSL 3 is broken (POODLE). No browser of the last years offers them; audits (PCI DSS) fail with them.',
    versions: 'All. Since 1.23.4 the default leaves TLS 1.0 and 1.1 out.',
    references: [
      'https://www.rfc-editor.org/rfc/rfc8996',
      'https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols',
    ],
  },
  examples: [
    { within: 'http', config: 'ssl_protocols TLSv1 TLSv1.2;\n', findings: [{ line: 1, message: 'TLSv1' }] },
    { within: 'http', config: 'ssl_protocols tlsv1 TLSv1.2;\n', findings: [{ line: 1, message: 'tlsv1' }] },
    { within: 'http', config: 'ssl_protocols TLSv1.2 TLSv1.3;\n', findings: [] },
  ],
  *check(context) {
    for (const name of ['ssl_protocols', 'proxy_ssl_protocols', 'grpc_ssl_protocols', 'uwsgi_ssl_protocols'])
      for (const directive of context.named(name)) {
        const isOld = (word: Word): boolean => outdated.has(word.value.toLowerCase());
        const old = directive.args.filter(isOld);
        if (old.length === 0) continue;
        const kept = directive.args.filter((word) => !isOld(word)).map(({ value }) => value);
        const text = kept.length === 0 ? 'TLSv1.2 TLSv1.3' : kept.join(' ');
        const { start } = directive.args[0]!;
        const { end } = directive.args.at(-1)!;
        yield {
          ...atWord(directive, old[0]),
          message: `${old.map((word) => word.value).join(', ')}: withdrawn, no browser offers ${old.length === 1 ? 'it' : 'them'} any more`,
          help: 'Write "TLSv1.2 TLSv1.3".',
          fixes: [{ title: `Write "${text}"`, edits: [{ file: directive.node.file, start, end, text }] }],
        };
      }
  },
};

export default rule;
