import { rulePage, ruleIndexPage } from '../4-check/pages.ts';
import { rules } from '../4-check/rules.generated.ts';
import { CliError } from './cli-error.ts';
import type { RulesOptions } from './commands/rules.ts';
import { wantsColor, type Terminal } from './terminal.ts';

/** `hopwright rules [CODE]`: the list, or one rule's page. */
export async function runRules(
  code: string | undefined,
  options: RulesOptions,
  terminal: Terminal,
): Promise<number> {
  if (code === undefined) {
    await terminal.out(await listing(options, terminal));
    return 0;
  }
  const rule = rules.find((one) => one.code === code);
  if (rule === undefined) {
    const like = rules.filter((one) => one.code.includes(code)).map((one) => one.code);
    throw new CliError(
      code.startsWith('nginx/')
        ? `${code} is what nginx itself says, not a rule; its message tells the rest`
        : `no rule "${code}"${like.length === 0 ? '; hopwright rules lists them' : `; did you mean ${like.slice(0, 3).join(', ')}?`}`,
    );
  }
  if (options.format === 'json') {
    const { check: _, ...rest } = rule;
    await terminal.out(`${JSON.stringify({ version: 1, ...rest }, null, 2)}\n`);
    return 0;
  }
  await terminal.out(
    options.format === 'markdown' ? rulePage(rule) : await painted(rulePage(rule), options, terminal),
  );
  return 0;
}

async function listing(options: RulesOptions, terminal: Terminal): Promise<string> {
  if (options.format === 'markdown') return ruleIndexPage(rules);
  if (options.format === 'json') {
    const list = rules.map(({ code, severity, title, enabled }) => ({
      code,
      severity,
      title,
      enabled: enabled !== false,
    }));
    return `${JSON.stringify({ version: 1, rules: list }, null, 2)}\n`;
  }
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: wantsColor(terminal, options.color) ? 1 : 0 });
  const colors = { error: chalk.red, warning: chalk.yellow, info: chalk.cyan };
  const width = Math.max(...rules.map((rule) => rule.code.length), 0);
  const lines = rules.map(
    (rule) =>
      `${chalk.bold(rule.code.padEnd(width))}  ${colors[rule.severity](rule.severity.padEnd(7))}  ${rule.title}`,
  );
  return `${lines.join('\n')}\n\n${rules.length} rules; hopwright rules CODE shows one\n`;
}

async function painted(page: string, options: RulesOptions, terminal: Terminal): Promise<string> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: wantsColor(terminal, options.color) ? 1 : 0 });
  return page
    .replace(/^#+ (.*)$/gm, (_, title: string) => chalk.bold(title))
    .replace(/^```nginx\n([^]*?)\n```$/gm, (_, text: string) => chalk.cyan(text.replace(/^/gm, '    ')))
    .replace(/`([^`\n]+)`/g, (_, text: string) => chalk.cyan(text));
}
