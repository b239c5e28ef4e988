import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const localAddress =
  /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[?(::1|f[cd]|fe80))/i;

const rule: Rule = {
  code: 'security/external-resolver',
  severity: 'info',
  title: '`resolver` asks a name server in the internet',
  documentation: {
    finds:
      '`resolver` with a public address, in a place where names are resolved for connections to upstreams.',
    matters:
      'nginx asks over plain UDP: whoever can answer faster than the name server decides where requests go, and the names of internal upstreams leave the network. nginx had a memory fault in this very code (CVE-2021-23017).',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver'],
  },
  examples: [
    { within: 'http', config: 'resolver 8.8.8.8;\n', findings: [{ line: 1, message: '8.8.8.8' }] },
    { within: 'http', config: 'resolver 127.0.0.53 valid=30s;\n', findings: [] },
  ],
  *check(context) {
    for (const directive of context.named('resolver'))
      for (const word of directive.args) {
        const text = word.value;
        if (
          text.includes('=') ||
          localAddress.test(text) ||
          !/^(\d+\.\d+\.\d+\.\d+(:\d+)?|\[[0-9a-f:]+\](:\d+)?)$/i.test(text)
        )
          continue;
        yield {
          ...atWord(directive, word),
          message: `${text} is asked over the internet, without protection against forged answers`,
          help: 'Run a resolver on this machine or in its network, and name that one.',
        };
      }
  },
};

export default rule;
