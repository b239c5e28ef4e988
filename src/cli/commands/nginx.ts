import type { AddCommand } from '../program.ts';

/** Only its help stands here: `main` hands everything after `nginx` to nginx's own command line. */
export const addNginx: AddCommand = (program, _terminal, run) => {
  program
    .command('nginx')
    .summary("nginx's own command line: -t -T -q -c -p -e -g -s -v -V -h")
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[args...]')
    .action(
      run(async (args: string[]) => {
        const { main } = await import('../nginx.ts');
        return main(args);
      }),
    );
};
