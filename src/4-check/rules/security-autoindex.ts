import { isOn } from '../../nginx/values/flag.ts';
import { isRestricted } from '../analysis/access.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/autoindex',
  severity: 'info',
  title: 'Folders are listed',
  documentation: {
    finds: '`autoindex on` in a place that is not protected by `deny`, a password or `internal`.',
    matters: 'Everybody sees the names of all files: backups, exports and drafts that no page links to.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_autoindex_module.html'],
  },
  examples: [
    {
      within: 'server',
      config: 'location /files/ {\n    autoindex on;\n}\n',
      findings: [{ line: 2, message: 'list' }],
    },
    {
      within: 'server',
      config: 'location /files/ {\n    autoindex on;\n    auth_basic x;\n    auth_basic_user_file /p;\n}\n',
      findings: [],
    },
    { within: 'server', config: 'location /files/ {\n    autoindex off;\n}\n', findings: [] },
  ],
  *check(context) {
    for (const directive of context.named('autoindex'))
      if (isOn(directive) && !isRestricted(directive.block))
        yield {
          ...at(directive),
          message: 'everybody gets a list of the files in folders without an index',
          help: 'Turn it off, or protect it, unless it is a public download area.',
        };
  },
};

export default rule;
