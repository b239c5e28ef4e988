import { memoryReader } from '../2-resolve/file-reader.ts';
import { SourceFile, encodeBytes } from '../text/source-file.ts';
import { lint, type LintResult } from './lint.ts';
import type { Rule, RuleExample } from './rule.ts';

/** What goes before an example that stands inside a block; on its first line, so that lines stay. */
const wrappers: Readonly<Record<string, readonly [string, string]>> = {
  http: ['events {} http { ', '\n}'],
  server: ['events {} http { server { listen 80 default_server; ', '\n} }'],
  location: ['events {} http { server { listen 80 default_server; location / { ', '\n} } }'],
};

/** Lints a rule's example with that rule alone. */
export function lintExample(rule: Rule, example: RuleExample): LintResult {
  const [before, after] = example.within === undefined ? ['', ''] : wrappers[example.within]!;
  const files = Object.entries(example.files ?? {}).map(([path, text]) => [
    `/etc/nginx/${path}`,
    encodeBytes(text),
  ]);
  return lint(new SourceFile('/etc/nginx/nginx.conf', before + encodeBytes(example.config) + after), {
    target: example.target,
    rules: [rule],
    settings: { [rule.code]: { options: example.options } },
    reader: memoryReader(Object.fromEntries(files)),
  });
}
