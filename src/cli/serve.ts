import path from 'node:path';
import { lower } from '../3-plan/lower.ts';
import { parsePlan } from '../3-plan/read.ts';
import type { Plan } from '../3-plan/schema.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { serve } from '../runtime/process/serve.ts';
import type { Report } from '../runtime/process/server-process.ts';
import { SourceFile } from '../text/source-file.ts';
import { CliError } from './cli-error.ts';
import type { ServeOptions } from './commands/serve.ts';
import { hintAtFragment, readEntry, resolveEntry, showDiagnostics } from './configuration.ts';
import { startEcho } from './serve/echo.ts';
import { movePorts } from './serve/free-ports.ts';
import { greeting } from './serve/greeting.ts';
import { listenHint } from './serve/listen-hint.ts';
import type { Terminal } from './terminal.ts';

/**
 * `hopwright serve`: runs a configuration or a plan in the foreground until a signal ends it. 0 after a stop by signal,
 * 1 when the configuration is refused or cannot be run. Ends the process: what is still open is no reason to stay.
 */
export async function runServe(file: string, options: ServeOptions, terminal: Terminal): Promise<number> {
  const first = await load(file, options, terminal);
  if (first === null) return 1;
  const echo = options.echo === true;
  const moves = echo ? await movePorts(first) : [];
  for (const { from, to } of moves)
    await terminal.err(`hopwright: port ${from} is taken; serving on ${to} instead\n`);
  const backends = echo ? await startEcho(first) : null;
  let plan: Plan | null = first;
  let ready = false;
  const messages: string[] = [];
  const code = await serve({
    // The first call takes what was just read; a reload reads the file again.
    load: async (report) => {
      const next = plan ?? (await reload(file, options, terminal, report));
      plan = null;
      return next;
    },
    report: (level, message) => {
      process.stderr.write(`hopwright: [${level}] ${message}\n`);
      if (!ready) messages.push(message);
    },
    fallbackLog: [{ to: { kind: 'stderr' }, level: 'error' }],
    overrides: { daemon: false },
    onReady: () => {
      ready = true;
      terminal
        .out(greeting(first, file, backends))
        .catch((error: Error) => terminal.err(`hopwright: ${error.message}\n`));
    },
  });
  await backends?.close();
  const hint = ready ? null : listenHint(messages);
  if (hint !== null) await terminal.err(`hopwright: ${hint}\n`);
  process.exit(code);
}

async function reload(
  file: string,
  options: ServeOptions,
  terminal: Terminal,
  report: Report,
): Promise<Plan | null> {
  try {
    const plan = await load(file, options, terminal);
    if (plan === null) report('emerg', `${file} cannot be used; what runs goes on`);
    return plan;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    report('emerg', error.message);
    return null;
  }
}

/** Reads a plan (JSON begins with a brace, which no configuration does) or a configuration; null when it was refused, and why was shown. */
async function load(file: string, options: ServeOptions, terminal: Terminal): Promise<Plan | null> {
  const { path: name, text } = readEntry(file, options, terminal);
  return /^\s*\{/.test(text)
    ? fromPlan(name, text, options, terminal)
    : fromConfiguration(name, text, options, terminal);
}

async function fromPlan(
  name: string,
  text: string,
  options: ServeOptions,
  terminal: Terminal,
): Promise<Plan | null> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch (error) {
    throw new CliError(`${name} is neither a configuration nor a plan: ${(error as Error).message}`);
  }
  const result = parsePlan(value);
  if (!result.ok) throw new CliError(`${name} is no plan that can be served: ${result.message}`);
  const changes = result.plan.notImplemented.filter(({ effect }) => effect === 'changes');
  if (changes.length === 0 || options.allowPartial === true) return toTerminal(result.plan);
  const names = [...new Set(changes.map(({ directive }) => directive))].join(', ');
  await terminal.err(
    `hopwright: ${name} uses what is not implemented and would change answers: ${names}\n${partialHint}`,
  );
  return null;
}

async function fromConfiguration(
  name: string,
  text: string,
  options: ServeOptions,
  terminal: Terminal,
): Promise<Plan | null> {
  // The plan names absolute files.
  const entry = new SourceFile(path.resolve(terminal.cwd, name), text);
  const config = resolveEntry(entry, options, terminal);
  if (!config.verdict.ok) {
    await showDiagnostics(config, config.diagnostics, options, terminal);
    await hintAtFragment(entry, terminal);
    return null;
  }
  const prefix = options.prefix === undefined ? undefined : path.resolve(terminal.cwd, options.prefix);
  const { plan, diagnostics } = lower(config, { prefix });
  const shown = [...config.diagnostics, ...diagnostics].filter(({ severity }) => severity !== 'info');
  await showDiagnostics(config, shown, options, terminal);
  if (!diagnostics.some(isError) || options.allowPartial === true) return toTerminal(plan);
  await terminal.err(partialHint);
  return null;
}

const partialHint =
  'hopwright: --allow-partial serves it nevertheless, as if these directives were not there\n';

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

/** The access log that applies when none is written goes to the terminal: nginx's `logs/` folder hardly exists here. */
function toTerminal(plan: Plan): Plan {
  if (plan.http === null) return plan;
  const accessLogs = plan.http.accessLogs.map((log) =>
    log.origin === -1 ? { ...log, kind: 'stderr' as const } : log,
  );
  return { ...plan, http: { ...plan.http, accessLogs } };
}
