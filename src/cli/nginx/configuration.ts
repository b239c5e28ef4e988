import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import { diskReader } from '../../2-resolve/file-reader.ts';
import { resolve } from '../../2-resolve/resolve.ts';
import { errnoText } from '../../system/errno.ts';
import { SourceFile } from '../../text/source-file.ts';
import { machine } from './environment.ts';
import type { Layout } from './layout.ts';
import type { StartLog } from './start-log.ts';

/** A configuration that nginx would run, with the bytes of its main file as they are on disk. */
export interface AcceptedConfiguration {
  readonly config: ResolvedConfig;
  readonly mainFile: SourceFile;
  /** Certificates and other files that were read already, by path. */
  readonly contents: ReadonlyMap<string, string>;
}

/**
 * Reads the configuration and judges it as nginx does, the machine included; says on `log` what nginx would say.
 *
 * @param directives `-g`: read before the file, in its main context
 * @param onSyntaxOk called when nginx would say that all files were read before it refuses them after all
 * @returns null when nginx would refuse it
 */
export function readConfiguration(
  layout: Layout,
  directives: string | null,
  target: string,
  log: StartLog,
  onSyntaxOk: () => void = () => {},
): AcceptedConfiguration | null {
  const path = layout.configuration;
  const read = diskReader.read(path);
  if ('error' in read) {
    log.write('emerg', `open() "${path}" failed ${errnoText(read.error)}`);
    return null;
  }
  const given = directives === null ? null : directivesProblem(directives, layout, target);
  if (given !== null) {
    log.write('emerg', given);
    return null;
  }
  const mainFile = new SourceFile(path, read.text);
  // Given on the first line, so that all lines keep their numbers.
  const entry = directives === null ? mainFile : new SourceFile(path, `${directives} ${read.text}`);
  const contents = new Map<string, string>();
  const config = resolve(entry, { target, prefix: layout.prefix, environment: machine(contents) });
  for (const warning of warningsBeforeTheEnd(config)) log.write('warn', placed(warning));
  const { verdict } = config;
  if (foundAfterReading(config)) onSyntaxOk();
  if (verdict.ok) return { config, mainFile, contents };
  const place =
    verdict.file === null || verdict.line === null ? '' : ` in ${verdict.file.path}:${verdict.line}`;
  log.write(verdict.level, verdict.message + place);
  return null;
}

/** Errors that nginx finds when all files are read (ngx_init_cycle after ngx_conf_parse). */
const lateErrors: ReadonlySet<string> = new Set(['nginx/no-events', 'nginx/zone-undefined']);

function foundAfterReading(config: ResolvedConfig): boolean {
  const first = config.diagnostics.find(({ severity }) => severity === 'error');
  return first !== undefined && lateErrors.has(first.code);
}

/** What nginx says of the text of `-g` alone (ngx_conf_param). */
function directivesProblem(directives: string, layout: Layout, target: string): string | null {
  const entry = new SourceFile('command line', directives);
  const { verdict } = resolve(entry, { target, prefix: layout.prefix, environment: machine() });
  if (verdict.ok || verdict.file === null) return null;
  const message = verdict.message.startsWith('unexpected end of file')
    ? 'unexpected end of parameter, expecting ";"'
    : verdict.message;
  return `${message} in command line`;
}

/** nginx stops at its first error: what would come later is not said. */
function warningsBeforeTheEnd(config: ResolvedConfig): readonly Diagnostic[] {
  const own = config.diagnostics.filter(({ code }) => code.startsWith('nginx/'));
  const end = own.findIndex(({ severity }) => severity === 'error');
  return (end === -1 ? own : own.slice(0, end)).filter(({ severity }) => severity === 'warning');
}

/** Warnings that nginx prints without a place. */
const placeless: ReadonlySet<string> = new Set(['nginx/conflicting-server-name']);

/** nginx counts a directive's line where it ends. */
function placed({ code, message, file, span }: Diagnostic): string {
  if (placeless.has(code)) return message;
  return `${message} in ${file.path}:${file.lineAt(span.end)}`;
}
