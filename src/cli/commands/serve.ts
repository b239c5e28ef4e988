import type { AddCommand } from '../program.ts';
import { addSharedOptions, type SharedOptions } from '../shared-options.ts';

export interface ServeOptions extends SharedOptions {
  readonly echo?: boolean;
  readonly allowPartial?: boolean;
}

const examples = `
Exit code: 0 ended by a signal, 1 refused or not able to listen, 2 usage or unreadable input.

Examples:
  hopwright serve nginx.conf
  hopwright serve nginx.conf --echo        where the upstreams do not run`;

export const addServe: AddCommand = (program, terminal, run) => {
  const command = program
    .command('serve')
    .summary('run a configuration or a plan')
    .description('Serves a configuration, or a plan made by compile, until a signal ends it.')
    .argument('<conf-or-plan>', 'nginx configuration or plan.json')
    .option('--echo', 'start echo upstreams on the addresses where nothing answers')
    .option(
      '--allow-partial',
      'serve although some directives are not implemented and change what clients get',
    );
  addSharedOptions(command, terminal, 'the newest known')
    .addHelpText('after', examples)
    .action(
      run(async (file: string, options: ServeOptions) => {
        const { runServe } = await import('../serve.ts');
        return runServe(file, options, terminal);
      }),
    );
};
