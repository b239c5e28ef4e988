import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { SourceFile } from '../text/source-file.ts';
import { CliError, systemReason } from './cli-error.ts';
import { substitute } from './templates.ts';
import type { Terminal } from './terminal.ts';

/** The one configuration of `explain`, `compile` and `serve`; `-` is standard input, a folder means its `nginx.conf`. */
export function readConfiguration(
  conf: string,
  options: { readonly define: Readonly<Record<string, string>>; readonly stdinFilename?: string },
  terminal: Terminal,
): SourceFile {
  if (conf === '-') {
    const name = path.resolve(terminal.cwd, options.stdinFilename ?? 'nginx.conf');
    return new SourceFile(name, substitute(terminal.stdin(), options.define));
  }
  let file = path.resolve(terminal.cwd, conf);
  try {
    if (statSync(file).isDirectory()) file = path.join(file, 'nginx.conf');
    return new SourceFile(file, substitute(readFileSync(file, 'latin1'), options.define));
  } catch (error) {
    throw new CliError(`cannot read ${conf}: ${systemReason(error)}`);
  }
}
