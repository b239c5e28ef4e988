import { Chalk, type ChalkInstance } from 'chalk';
import type { Cause } from '../../explain/causes/cause.ts';
import type { Explanation, Step } from '../../explain/explanation.ts';
import { headRows, type HeadRow } from '../../explain/head-rows.ts';
import { locationText } from '../../explain/location-text.ts';
import type { LocationRow } from '../../explain/table.ts';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { prettyDiagnostic } from '../../report/pretty.ts';
import { displayPath, displayText } from '../../report/text.ts';
import type { Answer } from './answers.ts';

export interface PrettyOptions {
  readonly color: boolean;
  readonly width: number;
  readonly workingDirectory: string;
}

/** The answers of one request for people, newest range of versions first. */
export function prettyExplanations(answers: readonly Answer[], options: PrettyOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const parts = [versionSplit(answers, chalk)];
  // What differs between versions is told for each; the way of the request only once unless it differs too.
  answers.forEach((answer, index) => parts.push(section(answer, index === 0, chalk, options)));
  return `${parts
    .filter((part) => part !== '')
    .join('\n')
    .trimEnd()}\n`;
}

function verdictLine(explanation: Explanation, chalk: ChalkInstance): string {
  if (!explanation.config.ok) return chalk.red.bold('✗ nginx would not start');
  switch (explanation.verdict) {
    case 'upgrades':
      if (explanation.reasons?.length)
        return chalk.yellow.bold('! nginx opens the tunnel, but browsers close it');
      return chalk.green.bold('✓ the upgrade works');
    case 'plain': {
      const { response, upstream } = explanation;
      const end =
        upstream !== null && response === null
          ? ` reaches ${upstream.address}`
          : response === null
            ? ''
            : ` gets ${response.status} from nginx itself`;
      return chalk.bold(`• an ordinary request${end}`);
    }
    case 'depends':
      return chalk.yellow.bold('? it depends');
    default:
      return chalk.red.bold('✗ the upgrade fails');
  }
}

/** «fails before nginx 1.29.7, works since», when versions differ. */
function versionSplit(answers: readonly Answer[], chalk: ChalkInstance): string {
  if (answers.length < 2) return '';
  const lines = answers.map(
    ({ range, explanation }) => `  nginx ${(range ?? '').padEnd(18)} ${verdictLine(explanation, chalk)}`,
  );
  return `${chalk.bold('By version')}\n${lines.join('\n')}\n`;
}

function section(answer: Answer, first: boolean, chalk: ChalkInstance, options: PrettyOptions): string {
  const { explanation, range } = answer;
  const title = range === null ? `nginx ${explanation.target}` : `nginx ${range}`;
  const lines: string[] = [chalk.bold.underline(title)];
  if (explanation.config.ok) {
    if (first)
      lines.push(...way(explanation, chalk, options), ...appliedSettings(explanation, chalk, options));
    lines.push(
      ...upstreamHead(explanation, chalk),
      ...ownAnswer(explanation, chalk),
      '',
      verdictLine(explanation, chalk),
    );
  } else {
    lines.push('', verdictLine(explanation, chalk));
    const { config } = answer;
    lines.push(
      '',
      ...refusals(config.diagnostics).map((one) => prettyDiagnostic(one, frameOptions(options))),
    );
  }
  if (answer.causes.length > 0)
    lines.push('', ...answer.causes.map((cause) => causeText(cause, explanation, chalk, options)));
  return `${lines.join('\n')}\n`;
}

/** nginx's errors; where it has none, the directives of modules that it does not have. */
function refusals(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return errors.length > 0 ? errors : diagnostics.filter(({ code }) => code === 'nginx/needs-module');
}

/** The way of the request: listener, server, location, and what each phase did. */
function way(explanation: Explanation, chalk: ChalkInstance, options: PrettyOptions): string[] {
  const { request, server, hops } = explanation;
  // Where there are hops the location is that of the last: the steps come to it.
  const location = hops === undefined ? explanation.location : null;
  const steps = explanation.steps ?? [];
  const first = steps.findIndex(({ phase }) => phase !== 'server');
  const choice = first === -1 ? steps : steps.slice(0, first);
  const rest = steps.slice(choice.length);
  const lines: string[] = [];
  if (request !== null)
    lines.push(
      '',
      `  ${chalk.cyan('request')}   ${displayText(`${request.method} ${request.target} ${request.version}`)}, Host: ${displayText(request.host)}`,
    );
  const place = (file: string | null, line: number | null): string =>
    file === null
      ? ''
      : chalk.dim(`  ${displayPath(file, options.workingDirectory)}${line === null ? '' : `:${line}`}`);
  if (server !== null) {
    lines.push(`  ${chalk.cyan('listener')}  ${server.listen}`);
    for (const { message } of choice.filter((step) => isListenNote(step, explanation)))
      lines.push(chalk.dim(`            ${displayText(message)}`));
    lines.push(
      `  ${chalk.cyan('server')}    ${displayText(server.names.join(' ')) || '(no name)'}${place(server.file, server.line)}`,
    );
    if (server.why !== '') lines.push(chalk.dim(`            ${server.why}`));
  }
  if (location !== null) {
    lines.push(
      `  ${chalk.cyan('location')}  ${displayText(locationText(location))}${place(location.file, location.line)}`,
    );
    if (location.why !== '') lines.push(chalk.dim(`            ${displayText(location.why)}`));
  }
  for (const { phase, file, line, message } of server === null ? steps : rest) {
    if (phase === 'server' && server !== null && hops === undefined) continue;
    if (phase === 'location' && message === location?.why) continue;
    lines.push(`  ${chalk.cyan(phase.padEnd(9))} ${displayText(message)}${place(file, line)}`);
  }
  return lines;
}

/** What is said of the choice of the listener: the first steps, before the server is chosen. */
function isListenNote({ phase, message }: Step, { server }: Explanation): boolean {
  return phase === 'server' && message !== server?.why;
}

/** The settings that apply, with the level each comes from. */
function appliedSettings({ settings }: Explanation, chalk: ChalkInstance, options: PrettyOptions): string[] {
  if (settings === null || settings.length === 0) return [];
  const widest = Math.min(Math.max(...settings.map(({ text }) => displayText(text).length)), 56);
  return [
    '',
    `  ${chalk.bold('Settings that apply')}`,
    ...settings.map(({ text, level, file, line }) => {
      const from =
        level === null || file === null
          ? 'default'
          : `${displayText(level)}  ${displayPath(file, options.workingDirectory)}:${line}`;
      return `  ${chalk.dim('│')} ${displayText(text).padEnd(widest)}  ${chalk.dim(from)}`;
    }),
  ];
}

/** The head as the upstream gets it, beside what RFC 6455 asks for. */
function upstreamHead({ upstream, verdict }: Explanation, chalk: ChalkInstance): string[] {
  if (upstream === null) return [];
  const rows: readonly HeadRow[] = headRows(upstream.head, verdict !== 'plain');
  const widest = Math.min(Math.max(...rows.map(({ text }) => displayText(text).length), 20), 64);
  return [
    '',
    `  ${chalk.bold(`The upstream ${upstream.address} gets`)}`,
    ...rows.map(({ text, need, ok }) => {
      const shown = displayText(text);
      const left = ok === false ? chalk.red(shown) : shown;
      const gap = ' '.repeat(Math.max(widest - shown.length, 0) + 2);
      const right = need === '' ? '' : ok ? chalk.green(`✓ ${need}`) : chalk.red(`✗ ${need}`);
      return `  ${chalk.dim('│')} ${left}${right === '' ? '' : gap}${right}`;
    }),
  ];
}

function ownAnswer({ response }: Explanation, chalk: ChalkInstance): string[] {
  if (response === null) return [];
  const target = response.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
  return [
    '',
    `  ${chalk.bold('nginx answers itself')}: ${response.status}${target === undefined ? '' : `, Location: ${displayText(target)}`}`,
  ];
}

function frameOptions(options: PrettyOptions) {
  return { ...options, ruleHelp: () => null };
}

function causeText(
  cause: Cause,
  explanation: Explanation,
  chalk: ChalkInstance,
  options: PrettyOptions,
): string {
  const severity = explanation.verdict === 'fails' ? 'error' : 'warning';
  if (cause.file === null || cause.span === null)
    return `${chalk.red.bold(`${severity}[${cause.code}]`)}: ${cause.message}\n  ${cause.help}\n`;
  return prettyDiagnostic(
    diagnostic({
      code: cause.code,
      severity,
      message: cause.message,
      detail: cause.symptom === '' ? '' : `People see: ${cause.symptom}.`,
      file: cause.file,
      span: cause.span,
      related: cause.related,
      fixes: cause.fix === null ? [] : [cause.fix],
      help: cause.help,
    }),
    frameOptions(options),
  );
}

/** Every location that can reach an upstream, a line each. */
export function prettyTable(rows: readonly LocationRow[], target: string, options: PrettyOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  if (rows.length === 0) return 'no location passes requests to an upstream\n';
  const signs = {
    upgrades: chalk.green('✓ upgrades'),
    fails: chalk.red('✗ fails   '),
    depends: chalk.yellow('? depends '),
    plain: '• plain   ',
    unknown: chalk.dim('– untried '),
  } as const;
  const widest = Math.min(Math.max(...rows.map(({ location }) => displayText(location).length)), 40);
  const lines = rows.map(({ verdict, server, location, file, line, note }) => {
    const place = file === null ? '' : chalk.dim(`${displayPath(file, options.workingDirectory)}:${line}`);
    const text = note === '' ? '' : `\n             ${displayText(note)}`;
    return `${signs[verdict]}  ${displayText(location).padEnd(widest)}  ${displayText(server)}  ${place}${text}`;
  });
  const count = rows.filter(({ verdict }) => verdict === 'upgrades').length;
  return `${lines.join('\n')}\n\n${count} of ${rows.length} locations upgrade on nginx ${target}\n`;
}
