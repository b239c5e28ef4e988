import { Option, type Command } from 'commander';
import { formatNames } from '../../report/formats.ts';
import type { AddCommand } from '../program.ts';
import { addSharedOptions, collect, parseCount, type SharedOptions } from '../shared-options.ts';

export interface LintOptions extends SharedOptions {
  readonly format: string;
  /** What holds when neither the command line nor the configuration file names a target. */
  readonly defaultTarget: string;
  readonly output?: string;
  readonly context?: string;
  readonly environment?: boolean;
  readonly stdinFilename?: string;
  /** A file; false with `--no-config`. */
  readonly config?: string | false;
  readonly printConfig?: boolean;
  readonly configSchema?: boolean;
  readonly rule?: readonly string[];
  readonly fix?: boolean;
  readonly fixDryRun?: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly maxWarnings?: number;
  readonly failOn?: 'error' | 'warning' | 'info' | 'never';
  readonly quiet?: boolean;
  /** False with `--no-ignore`. */
  readonly ignore: boolean;
}

const examples = `
Exit code: 0 nothing at the failing level, 1 something, 2 usage or unreadable input.

Examples:
  hopwright lint /etc/nginx
  hopwright lint --target 1.22.1 --fail-on warning nginx.conf
  hopwright lint --stdin-filename conf.d/site.conf - < unsaved.conf`;

export const addLint: AddCommand = (program, terminal, run) => {
  const command = program
    .command('lint')
    .summary('check configurations')
    .description('Checks configurations: what nginx would refuse, and what goes wrong at run time.')
    .argument('[path...]', 'files, folders or globs; - reads standard input (default: the current folder)')
    .addOption(new Option('--format <format>', 'output format').choices([...formatNames]).default('pretty'))
    .option('-o, --output <file>', 'write the report to a file')
    .option('--stdin-filename <path>', 'name for what standard input holds')
    .option('--context <context>', 'block that a fragment belongs into, such as http or server')
    .option('--environment', 'check files, users and host names of this machine too')
    .option('--config <file>', 'configuration file (default: the nearest hopwright.config.json)')
    .option('--no-config', 'read no configuration file')
    .option('--print-config', 'show the merged configuration and stop')
    .option('--config-schema', 'show the JSON Schema of hopwright.config.json and stop')
    .option('--rule <code:severity>', 'severity of a rule or family, or off (repeatable)', collect)
    .option('--fix', 'make the changes that are sure; of standard input, print the text with them')
    .option('--fix-dry-run', 'show what --fix would change, as a unified diff')
    .option('--baseline <file>', 'leave out the findings that this file holds')
    .option('--update-baseline', 'write the present findings into the baseline file')
    .option('--max-warnings <count>', 'exit with 1 when there are more warnings', parseCount)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on (default: error)').choices([
        'error',
        'warning',
        'info',
        'never',
      ]),
    )
    .option('--quiet', 'show errors only')
    .option('--no-ignore', 'take files that .gitignore or the configuration leaves out')
    .addHelpText('after', examples);
  addSharedOptions(command, terminal, 'any').action(
    run(async (paths: string[], options: LintOptions, parsed: Command) => {
      const { runLint } = await import('../lint/run.ts');
      // HOPWRIGHT_TARGET is only a default: the configuration file wins over it.
      const target = parsed.getOptionValueSource('target') === 'default' ? undefined : options.target;
      return runLint(paths, { ...options, target, defaultTarget: options.target ?? 'any' }, terminal);
    }),
  );
};
