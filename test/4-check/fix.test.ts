import { expect, test } from 'vitest';
import { applyFixes } from '../../src/4-check/fix.ts';
import { lint, type LintResult } from '../../src/4-check/lint.ts';
import type { Rule } from '../../src/4-check/rule.ts';
import { at } from '../../src/4-check/context.ts';
import { rules } from '../../src/4-check/rules.generated.ts';
import { SourceFile } from '../../src/text/source-file.ts';

function relinter(
  text: string,
  using: readonly Rule[] = rules,
): (changes: ReadonlyMap<string, string>) => LintResult {
  return (changes) => lint(new SourceFile('/x.conf', changes.get('/x.conf') ?? text), { rules: using });
}

const nothing = (): Map<string, number> => new Map();

test('several fixes are made together, over several rounds', () => {
  const text = 'error_log off;\nevents {}\nhttp {\n    ssl_protocols SSLv3;\n}\n';
  const { changes, applied, offered } = applyFixes(relinter(text), nothing);
  expect(changes.get('/x.conf')).toBe(
    'error_log /dev/null emerg;\nevents {}\nhttp {\n    ssl_protocols TLSv1.2 TLSv1.3;\n}\n',
  );
  expect(applied).toHaveLength(2);
  expect(offered).toEqual([]);
});

/** Wants to replace every `listen` by what `text` says. */
function replaceListen(text: string): Rule {
  return {
    code: 'test/listen',
    severity: 'warning',
    title: 'x',
    documentation: { finds: 'x.', matters: 'x.', versions: 'x.', references: [] },
    examples: [],
    *check(context) {
      for (const one of context.named('listen'))
        if (one.args[0]!.value === '80') {
          const { start, end } = one.args[0]!;
          yield {
            ...at(one),
            message: 'no',
            fixes: [{ title: 'Replace', edits: [{ file: one.node.file, start, end, text }] }],
          };
        }
    },
  };
}

const server = 'events {}\nhttp {\n    server {\n        listen 80;\n    }\n}\n';

test('a fix after which nginx would not start is only offered', () => {
  const { changes, offered } = applyFixes(relinter(server, [replaceListen('80 nonsense')]), nothing);
  expect(changes.size).toBe(0);
  expect(offered).toHaveLength(1);
});

test('a fix that makes a location worse is only offered', () => {
  const judge = (result: LintResult): Map<string, number> =>
    new Map([['/', result.config.files[0]!.text.includes('listen 80;') ? 1 : 0]]);
  expect(applyFixes(relinter(server, [replaceListen('81')]), judge).changes.size).toBe(0);
  expect(applyFixes(relinter(server, [replaceListen('81')]), nothing).changes.size).toBe(1);
});

test('of two fixes for the same bytes one is made', () => {
  const { applied } = applyFixes(
    relinter(server, [replaceListen('81'), { ...replaceListen('82'), code: 'test/other' }]),
    nothing,
  );
  expect(applied).toHaveLength(1);
});

test('the next broken link, which the first one hid, is mended as well', () => {
  const text = [
    'events {}',
    'http {',
    '    map $http_upgrade $connection_upgrade { default upgrade; "" close; }',
    '    server {',
    '        listen 80;',
    '        location /socket/ { proxy_pass http://127.0.0.1:4000; proxy_set_header Host $host; }',
    '    }',
    '}',
    '',
  ].join('\n');
  const { result, applied } = applyFixes(relinter(text), nothing);
  expect(applied).toHaveLength(2);
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('two rules that undo each other come to an end', () => {
  const swap = (from: string, to: string): Rule => ({
    ...replaceListen(to),
    code: `test/${from}`,
    severity: 'error',
    *check(context) {
      for (const one of context.named('listen')) {
        const { value, start, end } = one.args[0]!;
        if (value === from)
          yield {
            ...at(one),
            message: `not ${from}`,
            fixes: [{ title: 'Replace', edits: [{ file: one.node.file, start, end, text: to }] }],
          };
      }
    },
  });
  const { applied, offered } = applyFixes(relinter(server, [swap('80', '81'), swap('81', '80')]), nothing);
  expect(applied).toHaveLength(1);
  expect(offered).toHaveLength(1);
});
