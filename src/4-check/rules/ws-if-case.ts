import { caseFault, sentByBrowsers } from '../../explain/causes/conditions.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/if-case',
  severity: 'warning',
  title: 'An `if` misses handshakes by upper and lower case',
  documentation: {
    finds:
      'An `if` that compares `$http_upgrade` or `$http_connection` with `=` or `~`, and so does not hold for what browsers send: `Upgrade: websocket`, and in Firefox `Connection: keep-alive, Upgrade`.',
    matters:
      'The handshake goes where ordinary requests go, and gets 404 or 400 there. Both headers are lists of tokens whose case does not count.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if',
      'https://www.rfc-editor.org/rfc/rfc9110#section-7.8',
    ],
  },
  examples: [
    {
      within: 'server',
      config: 'location / {\n    if ($http_upgrade = "WebSocket") {\n        return 418;\n    }\n}\n',
      findings: [{ line: 2, message: 'does not hold' }],
    },
    {
      within: 'server',
      config: 'location / {\n    if ($http_connection = "Upgrade") {\n        return 418;\n    }\n}\n',
      findings: [{ line: 2, message: 'keep-alive, Upgrade' }],
    },
    {
      within: 'server',
      config: 'location / {\n    if ($http_upgrade ~* "^websocket$") {\n        return 418;\n    }\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const directive of context.named('if')) {
      const fault = caseFault(directive, sentByBrowsers);
      if (fault === null || fault.file === null || fault.span === null) continue;
      yield {
        file: fault.file,
        span: fault.span,
        message: fault.message,
        detail: `People see: ${fault.symptom}.`,
        related: [],
        fixes: fault.fix === null ? [] : [fault.fix],
        help: fault.help,
      };
    }
  },
};

export default rule;
