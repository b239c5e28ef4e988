import type { AddCommand } from '../program.ts';
import { addSharedOptions, type SharedOptions } from '../shared-options.ts';

export interface ServeOptions extends SharedOptions {
  readonly echo?: boolean;
  readonly allowPartial?: boolean;
}

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
  addSharedOptions(command, terminal, 'the newest known').action(
    run(async (file: string, options: ServeOptions) => {
      const { runServe } = await import('../serve.ts');
      return runServe(file, options, terminal);
    }),
  );
};
