import { InvalidArgumentError, Option, type Command } from 'commander';
import { isTarget } from '../nginx/versions.ts';
import { environmentTarget } from './environment-target.ts';
import type { Terminal } from './terminal.ts';

/** Options that several commands take; their meaning is the same everywhere (docs/cli.md). */
export interface SharedOptions {
  readonly target?: string;
  readonly prefix?: string;
  readonly root?: string;
  readonly define?: Readonly<Record<string, string>>;
  readonly color?: boolean;
}

/** `--target`. */
export function parseTarget(text: string): string {
  if (!isTarget(text)) throw new InvalidArgumentError('It is neither a version such as 1.31.5 nor "any".');
  return text;
}

function parseDefinition(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('It has to be NAME=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** The number of an option such as `--max-warnings`. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}

/** Collects the values of an option that may be repeated. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/**
 * Adds `--target`, `--prefix`, `--root`, `--define` and `--color`. HOPWRIGHT_TARGET stands in for a missing `--target`;
 * `usualTarget` is what holds without both.
 */
export function addSharedOptions(
  command: Command,
  terminal: Terminal,
  usualTarget: 'any' | 'the newest known',
): Command {
  const fromEnvironment = environmentTarget(terminal.env);
  const words = 'nginx version such as 1.31.5, or any for all of them';
  const usual = fromEnvironment === null ? ` (default: ${usualTarget})` : '';
  const target = new Option('--target <version>', `${words}${usual}`).argParser(parseTarget);
  if (fromEnvironment !== null) target.default(fromEnvironment, `${fromEnvironment}, from HOPWRIGHT_TARGET`);
  return command
    .addOption(target)
    .option('--prefix <dir>', "nginx's prefix, where relative paths start")
    .option('--root <dir>', 'look absolute paths of the configuration up below this folder')
    .option('--define <name=value>', 'value for ${NAME} in templates (repeatable)', parseDefinition)
    .option('--color', 'colour the output (default: on a terminal)')
    .option('--no-color', 'do not colour the output');
}
