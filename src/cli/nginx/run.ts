import type { Plan } from '../../3-plan/schema.ts';
import { lower } from '../../3-plan/lower.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { daemonReady, isDaemon } from '../../runtime/process/daemon.ts';
import { serve } from '../../runtime/process/serve.ts';
import type { Report } from '../../runtime/process/server-process.ts';
import { readConfiguration } from './configuration.ts';
import { defaults, type Layout } from './layout.ts';
import type { NginxOptions } from './options.ts';
import type { StartLog } from './start-log.ts';

/** Runs the configuration until a signal ends it, and ends the process with nginx's exit status. */
export async function run(
  options: NginxOptions,
  layout: Layout,
  target: string,
  log: StartLog,
): Promise<number> {
  let contents: ReadonlyMap<string, string> = new Map();
  let isTold = isDaemon();
  const code = await serve({
    load: async (report) => {
      const loaded = load(options, layout, target, isTold ? withoutWarnings(report) : report);
      isTold = false;
      contents = loaded?.contents ?? new Map();
      return loaded?.plan ?? null;
    },
    contents: () => contents,
    report: (level, message) => log.write(level, message),
    fallbackLog: [
      {
        to: layout.errorLog === null ? { kind: 'stderr' } : { kind: 'file', path: layout.errorLog },
        level: 'error',
      },
    ],
    onReady: daemonReady,
  });
  // Whatever is still open (a kept upstream connection, say) is no reason to stay.
  process.exit(code);
}

/** For a daemon's first reading: the command that was typed gave the warnings. */
function withoutWarnings(report: Report): Report {
  return (level, message) => {
    if (level !== 'warn') report(level, message);
  };
}

interface Loaded {
  readonly plan: Plan;
  readonly contents: ReadonlyMap<string, string>;
}

function load(options: NginxOptions, layout: Layout, target: string, report: Report): Loaded | null {
  const accepted = readConfiguration(layout, options.directives, target, { write: report });
  if (accepted === null) return null;
  const { contents } = accepted;
  const { plan, diagnostics } = lower(accepted.config, { prefix: layout.prefix });
  const changes = diagnostics.filter(({ severity }) => severity === 'error');
  for (const each of changes) report(isAnswered(each) ? 'warn' : 'emerg', placed(each));
  if (!changes.every(isAnswered)) return null;
  if (accepted.config.main.own('pid').length > 0) return { plan, contents };
  return { plan: { ...plan, process: { ...plan.process, pid: defaults.pid } }, contents };
}

/** Locations that only other protocols can answer: every request there gets 500, so nothing is wrong in silence. */
function isAnswered({ file, span }: Diagnostic): boolean {
  return /^(uwsgi|scgi|grpc|memcached)_pass$/.test(file.text.slice(span.start, span.end));
}

function placed({ message, file, span }: Diagnostic): string {
  return `${message} in ${file.path}:${file.lineAt(span.start)}`;
}
