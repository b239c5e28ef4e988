import { Option } from 'commander';
import { explainFormatNames } from '../explain/formats.ts';
import type { AddCommand } from '../program.ts';
import { addSharedOptions, collect, type SharedOptions } from '../shared-options.ts';

export interface ExplainOptions extends SharedOptions {
  readonly format: string;
  readonly output?: string;
  /** `Name: value` lines that replace the default ones. */
  readonly header?: readonly string[];
  readonly method?: string;
  readonly http?: '1.0' | '1.1';
  readonly plain?: boolean;
  readonly raw?: string;
  readonly requests?: string;
  readonly all?: boolean;
  readonly verify?: boolean;
  readonly stdinFilename?: string;
}

const examples = `
Exit code: 0 it gets through, 1 it does not, 2 usage or unreadable input.

Examples:
  hopwright explain nginx.conf
  hopwright explain nginx.conf ws://example.com/chat/ -H 'Origin: https://example.com'
  hopwright explain nginx.conf https://example.com/api --plain --target 1.22.1`;

export const addExplain: AddCommand = (program, terminal, run) => {
  const command = program
    .command('explain')
    .summary('say what happens to a request, and why')
    .description('Follows a request, a WebSocket handshake unless told otherwise, through a configuration.')
    .argument('<conf>', 'the configuration; - reads standard input')
    .argument(
      '[url]',
      'such as ws://example.com/chat/; without it, every location that can reach an upstream',
    )
    .addOption(
      new Option('--format <format>', 'output format').choices([...explainFormatNames]).default('pretty'),
    )
    .option('-o, --output <file>', 'write the answer to a file')
    .option('-H, --header <line>', "'Name: value' of the request, replaces the default (repeatable)", collect)
    .option('--method <method>', 'method of the request')
    .addOption(new Option('--http <version>', 'HTTP version of the request').choices(['1.0', '1.1']))
    .option('--plain', 'an ordinary request instead of a handshake')
    .option('--raw <file>', 'the raw bytes of a request head')
    .option('--requests <file>', 'JSON lines {"name","raw"}, one answer for each')
    .option('--all', 'every location with its verdict')
    .option('--verify', 'run it in process against a conforming upstream and compare')
    .option('--stdin-filename <path>', 'name for what standard input holds')
    .addHelpText('after', examples);
  addSharedOptions(command, terminal, 'any').action(
    run(async (conf: string, url: string | undefined, options: ExplainOptions) => {
      const { runExplain } = await import('../explain.ts');
      return runExplain(conf, url, options, terminal);
    }),
  );
};
