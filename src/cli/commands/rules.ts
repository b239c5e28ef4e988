import { Option } from 'commander';
import type { AddCommand } from '../program.ts';

export interface RulesOptions {
  readonly format: 'pretty' | 'json' | 'markdown';
  readonly color?: boolean;
}

export const addRules: AddCommand = (program, terminal, run) => {
  program
    .command('rules')
    .summary('list the rules, or show one')
    .description("Lists the rules, or shows one rule's page: what it finds, why it matters, examples.")
    .argument('[code]', 'such as ws/connection-header')
    .addOption(
      new Option('--format <format>', 'output format')
        .choices(['pretty', 'json', 'markdown'])
        .default('pretty'),
    )
    .option('--color', 'colour the output (default: on a terminal)')
    .option('--no-color', 'do not colour the output')
    .action(
      run(async (code: string | undefined, options: RulesOptions) => {
        const { runRules } = await import('../rules.ts');
        return runRules(code, options, terminal);
      }),
    );
};
