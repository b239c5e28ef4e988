import type { AddCommand } from '../program.ts';
import { addSharedOptions, type SharedOptions } from '../shared-options.ts';

export interface CompileOptions extends SharedOptions {
  readonly output?: string;
  readonly schema?: boolean;
  readonly standalone?: boolean;
  readonly stdinFilename?: string;
}

const examples = `
Exit code: 0 written, 1 nginx would refuse it or it cannot be served, 2 usage or unreadable input.

Examples:
  hopwright compile nginx.conf -o plan.json && hopwright serve plan.json
  hopwright compile nginx.conf --standalone -o server.mjs && node server.mjs`;

export const addCompile: AddCommand = (program, terminal, run) => {
  const command = program
    .command('compile')
    .summary('turn a configuration into a plan')
    .description('Writes the plan, as JSON, that serve runs.')
    .argument('[conf]', 'the configuration; - reads standard input')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--schema', "print the plan's JSON Schema and stop")
    .option(
      '--standalone',
      'one JavaScript file, runtime and plan together, that node runs with nothing installed',
    )
    .option('--stdin-filename <path>', 'name for what standard input holds');
  addSharedOptions(command, terminal, 'the newest known')
    .addHelpText('after', examples)
    .action(
      run(async (conf: string | undefined, options: CompileOptions) => {
        const { runCompile } = await import('../compile.ts');
        return runCompile(conf, options, terminal);
      }),
    );
};
