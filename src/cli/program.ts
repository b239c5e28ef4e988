import { Command, CommanderError } from 'commander';
import { addCompile } from './commands/compile.ts';
import { addExplain } from './commands/explain.ts';
import { addLint } from './commands/lint.ts';
import { addNginx } from './commands/nginx.ts';
import { addRules } from './commands/rules.ts';
import { addServe } from './commands/serve.ts';
import { environmentTarget } from './environment-target.ts';
import type { Terminal } from './terminal.ts';
import { toolVersion } from './version.ts';

/** What a command does with its parsed arguments; the number is the exit code. */
export type Action = (...args: any[]) => Promise<number>;

/** Adds one command to the program. Its options stand here; what it does is imported when it runs. */
export type AddCommand = (program: Command, terminal: Terminal, run: Runner) => void;

/** Makes a commander action of an {@link Action}: its exit code becomes the program's. */
export type Runner = (action: Action) => (...args: any[]) => Promise<void>;

const commands: readonly AddCommand[] = [addLint, addExplain, addCompile, addServe, addRules, addNginx];

/** Parses the command line and runs the command it names. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  // A wrong one is told of whatever the command.
  environmentTarget(terminal.env);
  let code = 0;
  const written: Promise<void>[] = [];
  const program = new Command('hopwright')
    .description('Checks, explains, compiles and serves nginx configurations.')
    .version(`hopwright ${toolVersion()}`, '-V, --version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void written.push(terminal.out(text)),
      // One line: a usage error is followed by where to look, not by the whole help.
      outputError: (text) => void written.push(terminal.err(usageError(text, 'hopwright help'))),
      getOutHelpWidth: () => terminal.columns ?? 100,
    });
  const run: Runner =
    (action) =>
    async (...args) => {
      code = await action(...args);
    };
  for (const add of commands) add(program, terminal, run);
  for (const command of program.commands) {
    const help = `hopwright help ${command.name()}`;
    command.copyInheritedSettings(program).configureOutput({
      outputError: (text) => void written.push(terminal.err(usageError(text, help))),
    });
  }
  try {
    if (argv.length === 0) {
      await terminal.err(program.helpInformation());
      return 2;
    }
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    await Promise.all(written);
    return error.exitCode === 0 ? 0 : 2;
  }
  await Promise.all(written);
  return code;
}

function usageError(text: string, help: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `hopwright: ${line}; see ${help}\n`;
}
