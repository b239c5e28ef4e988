import path from 'node:path';
import type { ExplainedRequest } from '../explain/request.ts';
import { situate, situationOf, withoutLimits } from '../explain/situation.ts';
import { explainLocations } from '../explain/table.ts';
import { resolve } from '../2-resolve/resolve.ts';
import { newestVersion } from '../nginx/versions.ts';
import { SourceFile } from '../text/source-file.ts';
import { CliError } from './cli-error.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { hintAtFragment, readEntry, resolveOptions } from './configuration.ts';
import { answerIn, answersFor, exitCode, refusalOf, type Answer, type Question } from './explain/answers.ts';
import { explainFormats, jsonAnswers, type Occasion } from './explain/formats.ts';
import { askedOf, requestOptions, type NamedRequest } from './explain/requests.ts';
import { deliver } from './output.ts';
import { wantsColor, type Terminal } from './terminal.ts';

/** `hopwright explain`: 0 when the request reaches the upstream as it should (an upgrade upgrades), 1 when not. */
export async function runExplain(
  conf: string,
  url: string | undefined,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const entry = readEntry(conf, options, terminal);
  // Files beside the configuration are found from its absolute path.
  const source = new SourceFile(path.resolve(terminal.cwd, entry.path), entry.text);
  const reading = resolveOptions(entry, options, terminal);
  const question: Question = {
    source,
    settings: (target) => ({ ...reading, target }),
    target: options.target ?? 'any',
    plain: options.plain === true,
  };
  const asked = askedOf(url, options, terminal);
  switch (asked.kind) {
    case 'locations':
      return explainAllLocations(question, options, terminal);
    case 'requests':
      return explainBatch(question, asked.requests, options, terminal);
    case 'request':
      return explainOne(question, asked.request, options, terminal);
  }
}

/** One request: one answer, or one per range of versions. */
async function explainOne(
  question: Question,
  request: ExplainedRequest,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const answers = answersFor(question, request);
  if (options.verify === true && !(await agrees(answers, request, terminal))) return 1;
  await show(answers, question, options, terminal);
  return exitCode(answers, question.plain);
}

async function show(
  answers: readonly Answer[],
  question: Question,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<void> {
  const format = await explainFormats[options.format]!();
  const text = format.answers(answers, occasionOf(question, options, terminal));
  await deliver(text, options.output, terminal);
  if (!answers.some(({ explanation }) => explanation.config.ok))
    await hintAtFragment(question.source, terminal);
}

/** Runs the newest version that takes the configuration; false when what came differs from what was explained. */
async function agrees(
  answers: readonly Answer[],
  request: ExplainedRequest,
  terminal: Terminal,
): Promise<boolean> {
  const situation = answers.find((answer) => answer.situation !== null)?.situation ?? null;
  if (situation === null) throw new CliError('nothing to verify: nginx would refuse this configuration');
  const { verify } = await import('../explain/verify.ts');
  const verified = await verify(situation, request);
  await terminal.err(`verify: ${verified.text}\n`);
  return verified.outcome !== 'differs';
}

/** JSON lines, one answer for each request, in order; run-time state such as round robin goes on from one to the next. */
async function explainBatch(
  question: Question,
  requests: readonly NamedRequest[],
  options: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const { target, plain } = question;
  let answer = (request: ExplainedRequest): Answer[] => answersFor(question, request);
  if (target !== 'any') {
    const { config, situation } = situationOf(question.source, question.settings(target));
    answer = (request) => [situation === null ? refusalOf(config) : answerIn(situation, request, plain)];
  }
  let worst = 0;
  const lines = requests.map(({ name, request }) => {
    const answers = answer(request);
    worst = Math.max(worst, exitCode(answers, plain));
    return `${JSON.stringify({ name, ...jsonAnswers(answers, target) })}\n`;
  });
  await deliver(lines.join(''), options.output, terminal);
  return worst;
}

/** Every location that can reach an upstream, with its verdict; with `any`, as the newest version has it. */
async function explainAllLocations(
  question: Question,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const version = question.target === 'any' ? newestVersion : question.target;
  const config = resolve(question.source, question.settings(version));
  if (!config.verdict.ok) {
    await show([refusalOf(config)], { ...question, target: version }, options, terminal);
    return 1;
  }
  const situation = situate(config, { ...question.settings(version), prepare: withoutLimits });
  const rows = explainLocations(situation, requestOptions(options));
  const format = await explainFormats[options.format]!();
  const text = format.table(rows, version, occasionOf(question, options, terminal));
  await deliver(text, options.output, terminal);
  return rows.every(({ verdict }) => verdict !== 'fails') ? 0 : 1;
}

function occasionOf(
  { source, target }: Question,
  { output, color }: ExplainOptions,
  terminal: Terminal,
): Occasion {
  return {
    file: source.path,
    target,
    color: output === undefined && wantsColor(terminal, color),
    width: terminal.columns ?? 100,
    workingDirectory: terminal.cwd,
  };
}
