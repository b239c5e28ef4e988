import { layoutOf, defaults, type Layout } from './nginx/layout.ts';
import { parseNginxOptions, type NginxOptions } from './nginx/options.ts';
import { openStartLog, printError, type StartLog } from './nginx/start-log.ts';
import { CliError } from './cli-error.ts';
import { environmentTarget } from './environment-target.ts';
import { TargetVersions } from '../nginx/versions.ts';
import { isWorkerProcess } from '../runtime/process/worker-role.ts';

/**
 * nginx's command line (`hopwright-nginx`, `hopwright nginx`): tests, dumps, signals or runs a configuration.
 *
 * @param argv the words after the command's name
 * @returns the exit status: nginx's
 */
export async function main(argv: readonly string[]): Promise<number> {
  if (isWorkerProcess()) {
    const { runWorker } = await import('../runtime/process/worker-process.ts');
    process.exit(await runWorker());
  }
  const options = parseNginxOptions(argv);
  if (typeof options === 'string') {
    printError(options);
    return 1;
  }
  const target = targetVersion();
  if (target === null) return 1;
  if (options.version) {
    await showVersion(options, target);
    if (!options.test) return 0;
  }
  const layout = layoutOf(options, process.cwd());
  const log = openStartLog(layout.errorLog);
  if (options.test) return test(options, layout, target, log);
  if (options.signal !== null) return signal(options, layout, target, log);
  const { run } = await import('./nginx/run.ts');
  return run(options, layout, target, log);
}

/** The nginx whose behaviour is followed: `HOPWRIGHT_TARGET`, or the newest known; null when that is wrong, which was said. */
function targetVersion(): string | null {
  try {
    return new TargetVersions(environmentTarget(process.env) ?? 'any').judge;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    printError(error.message);
    return null;
  }
}

async function showVersion(options: NginxOptions, target: string): Promise<void> {
  const { versionText, helpText, configureText } = await import('./nginx/texts.ts');
  let text = versionText(target);
  if (options.help) text += helpText;
  if (options.configure) text += configureText();
  process.stderr.write(text);
}

async function test(options: NginxOptions, layout: Layout, target: string, log: StartLog): Promise<number> {
  const { readConfiguration } = await import('./nginx/configuration.ts');
  const { certificateProblem } = await import('./nginx/certificates.ts');
  const { tryMachine } = await import('./nginx/try-machine.ts');
  const path = layout.configuration;
  const sayOk = (): void => {
    if (!options.quiet) printError(`the configuration file ${path} syntax is ok`);
  };
  const accepted = readConfiguration(layout, options.directives, target, log, sayOk);
  const certificate = accepted === null ? null : certificateProblem(accepted, layout.prefix);
  if (certificate !== null) log.write('emerg', certificate);
  else if (accepted !== null) sayOk();
  if (accepted === null || certificate !== null || !tryMachine(accepted.config, layout, log)) {
    printError(`configuration file ${path} test failed`);
    return 1;
  }
  if (!options.quiet) printError(`configuration file ${path} test is successful`);
  if (options.dump) {
    const { dumpText } = await import('./nginx/dump.ts');
    process.stdout.write(Buffer.from(dumpText(accepted), 'latin1'));
  }
  return 0;
}

async function signal(options: NginxOptions, layout: Layout, target: string, log: StartLog): Promise<number> {
  const { readConfiguration } = await import('./nginx/configuration.ts');
  const { sendSignal } = await import('./nginx/send-signal.ts');
  const accepted = readConfiguration(layout, options.directives, target, log);
  if (accepted === null) return 1;
  const named = accepted.config.main.own('pid')[0]?.values[0];
  const file = named === undefined ? defaults.pid : named.startsWith('/') ? named : layout.prefix + named;
  return sendSignal(options.signal!, file, log);
}
