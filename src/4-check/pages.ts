import type { Rule, RuleExample } from './rule.ts';

/** A rule's page as Markdown: what `hopwright rules CODE` shows and `docs/rules/` holds. */
export function rulePage(rule: Rule): string {
  const { finds, matters, versions, references } = rule.documentation;
  const firing = rule.examples.find((example) => example.findings.length > 0);
  const silent = rule.examples.find((example) => example.findings.length === 0);
  const parts = [
    `# ${rule.code}`,
    `${rule.title}. Severity: ${rule.severity}${rule.enabled === false ? '; off unless enabled' : ''}.`,
    '## What it finds',
    finds.trim(),
    '## Why it matters',
    matters.trim(),
    ...(firing === undefined ? [] : ['## Found', example(firing), findingsOf(firing)]),
    ...(silent === undefined ? [] : ['## Not found', example(silent)]),
    ...optionsOf(rule),
    '## nginx versions',
    versions.trim(),
    ...(references.length === 0 ? [] : ['## References', references.map((one) => `- ${one}`).join('\n')]),
    '## Silencing it',
    `\`# hopwright-ignore ${rule.code}: reason\` on the line or before the statement, or \`"${rule.code}": "off"\` under \`rules\` in \`hopwright.config.json\`.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The list of all rules as Markdown, one table per family. */
export function ruleIndexPage(rules: readonly Rule[]): string {
  const families = Map.groupBy(rules, (rule) => rule.code.split('/')[0]!);
  const tables = [...families].map(([family, members]) => {
    const rows = members.map(
      (rule) => `| [${rule.code}](${rule.code.replace('/', '-')}.md) | ${rule.severity} | ${rule.title} |`,
    );
    return `## ${family}\n\n| rule | severity | what is wrong |\n|---|---|---|\n${rows.join('\n')}`;
  });
  const intro =
    'Generated from `src/4-check/rules/`. `hopwright rules CODE` shows the same pages. Codes that begin with `nginx/` are no rules: they are what nginx itself refuses or warns about.';
  return `${['# Rules', intro, ...tables].join('\n\n')}\n`;
}

function example(one: RuleExample): string {
  const where = [
    one.within === undefined ? '' : `inside \`${one.within}\``,
    one.target === undefined ? '' : `nginx ${one.target}`,
  ].filter((part) => part !== '');
  const files = Object.entries(one.files ?? {}).map(
    ([name, text]) => `with \`${name}\`:\n\n\`\`\`nginx\n${text.trimEnd()}\n\`\`\``,
  );
  return [
    ...(where.length === 0 ? [] : [`(${where.join(', ')})`]),
    `\`\`\`nginx\n${one.config.trimEnd()}\n\`\`\``,
    ...files,
  ].join('\n\n');
}

function findingsOf(one: RuleExample): string {
  return one.findings.map((finding) => `- line ${finding.line}: ${finding.message}`).join('\n');
}

function optionsOf(rule: Rule): string[] {
  const options = Object.entries(rule.options ?? {});
  if (options.length === 0) return [];
  const rows = options.map(
    ([name, option]) => `| \`${name}\` | \`${JSON.stringify(option.default)}\` | ${option.describe} |`,
  );
  return ['## Options', `| option | default | meaning |\n|---|---|---|\n${rows.join('\n')}`];
}
