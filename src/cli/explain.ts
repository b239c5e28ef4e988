import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { explainByVersion, versionsToTry } from '../explain/by-version.ts';
import { ordinaryUpstream } from '../explain/assumed-upstream.ts';
import { explainRefusal, explainRequest, type Explained } from '../explain/explain-request.ts';
import { requestForUrl, type ExplainedRequest, type RequestOptions } from '../explain/request.ts';
import {
  situate,
  situationOf,
  withoutLimits,
  type Situation,
  type SituationOptions,
} from '../explain/situation.ts';
import { explainLocations } from '../explain/table.ts';
import { resolve } from '../2-resolve/resolve.ts';
import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import { newestVersion } from '../nginx/versions.ts';
import { SourceFile } from '../text/source-file.ts';
import { CliError, systemReason } from './cli-error.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { readEntry, resolveOptions } from './configuration.ts';
import { prettyExplanations, prettyTable, type PrettyOptions } from './explain/pretty.ts';
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
  const settings = (target: string): SituationOptions => ({ ...reading, target });
  const target = options.target ?? 'any';
  const requests = requestsFor(url, options, terminal);
  const job: Job = { source, settings, target, options, terminal };
  if (requests === null) return explainAllLocations(job);
  return requests.batch ? explainBatch(job, requests.list) : explainOne(job, requests.list[0]!.request);
}

interface Job {
  readonly source: SourceFile;
  readonly settings: (target: string) => SituationOptions;
  readonly target: string;
  readonly options: ExplainOptions;
  readonly terminal: Terminal;
}

interface NamedRequest {
  readonly name: string;
  readonly request: ExplainedRequest;
}

/** What is asked about; null means every location. */
function requestsFor(
  url: string | undefined,
  options: ExplainOptions,
  terminal: Terminal,
): { readonly batch: boolean; readonly list: readonly NamedRequest[] } | null {
  const ways = [
    url !== undefined && 'a URL',
    options.raw !== undefined && '--raw',
    options.requests !== undefined && '--requests',
  ].filter((way) => way !== false);
  if (ways.length > 1) throw new CliError(`give only one of ${ways.join(' and ')}`);
  if (options.raw !== undefined) {
    return {
      batch: false,
      list: [{ name: options.raw, request: rawRequest(readBytes(options.raw, terminal)) }],
    };
  }
  if (options.requests !== undefined) return { batch: true, list: parseRequests(options.requests, terminal) };
  if (url === undefined || options.all === true) return null;
  const request = requestForUrl(url, requestOptions(options));
  if ('error' in request) throw new CliError(request.error);
  return { batch: false, list: [{ name: url, request }] };
}

function requestOptions(options: ExplainOptions): RequestOptions {
  return {
    headers: options.header ?? [],
    method: options.method ?? 'GET',
    http: options.http ?? '1.1',
    plain: options.plain === true,
  };
}

function rawRequest(raw: string): ExplainedRequest {
  return { raw, hostname: '', port: null, tls: null };
}

function readBytes(file: string, terminal: Terminal): string {
  try {
    return readFileSync(path.resolve(terminal.cwd, file), 'latin1');
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${systemReason(error)}`);
  }
}

/** JSON lines `{"name","raw"}`; `raw` holds one character per byte. */
function parseRequests(file: string, terminal: Terminal): NamedRequest[] {
  const text = Buffer.from(readBytes(file, terminal), 'latin1').toString('utf8');
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new CliError(`${file}:${index + 1}: not JSON; each line has to be {"name": …, "raw": …}`);
    }
    const { name, raw } = (value ?? {}) as { name?: unknown; raw?: unknown };
    if (typeof raw !== 'string' || /[^\x00-\xff]/.test(raw)) {
      throw new CliError(
        `${file}:${index + 1}: "raw" has to be the request's bytes, one character (up to U+00FF) for each`,
      );
    }
    return [{ name: typeof name === 'string' ? name : '', request: rawRequest(raw) }];
  });
}

/** One request: one answer, or one per range of versions. */
async function explainOne(job: Job, request: ExplainedRequest): Promise<number> {
  const { options, terminal } = job;
  const answers = answersFor(job, request);
  if (options.verify === true) {
    const { verify } = await import('../explain/verify.ts');
    const newest = answers.findLast(({ situation }) => situation !== null) ?? null;
    if (newest?.situation == null)
      throw new CliError('nothing to verify: nginx would refuse this configuration');
    const verified = await verify(newest.situation, request);
    await terminal.err(`verify: ${verified.text}\n`);
    if (verified.outcome === 'differs') return 1;
  }
  const single = job.target !== 'any';
  if (options.format === 'json') {
    const value = single
      ? answers[0]!.explanation
      : { version: 1, targets: answers.map(({ explanation, range }) => ({ range, ...explanation })) };
    await deliver(job, `${JSON.stringify(value, null, 2)}\n`);
  } else if (options.format === 'html') {
    const { renderHtml } = await import('../explain/render/html.ts');
    await deliver(job, renderHtml(answers, job.source.path));
  } else if (options.format === 'mermaid') {
    const { renderMermaid } = await import('../explain/render/mermaid.ts');
    await deliver(job, renderMermaid(answers[0]!));
  } else await deliver(job, prettyExplanations(answers, prettyOptions(job)));
  return exitCode(answers, options.plain === true);
}

/** An answer with what its rendering needs. */
export interface Answer extends Explained {
  readonly range: string | null;
  readonly config: ResolvedConfig;
  readonly situation: Situation | null;
}

function answerFor(job: Job, target: string, request: ExplainedRequest): Answer {
  const { config, situation } = situationOf(job.source, job.settings(target));
  if (situation === null) {
    return { explanation: explainRefusal(config), causes: [], outcome: null, range: null, config, situation };
  }
  const upstream = job.options.plain === true ? ordinaryUpstream : undefined;
  return { ...explainRequest(situation, request, upstream), range: null, config, situation };
}

function answersFor(job: Job, request: ExplainedRequest): Answer[] {
  if (job.target !== 'any') return [answerFor(job, job.target, request)];
  const answers = new Map<string, Answer>();
  const newest = resolve(job.source, job.settings(newestVersion));
  const ranged = explainByVersion(versionsToTry(newest), (version) => {
    const answer = answerFor(job, version, request);
    answers.set(version, answer);
    return answer.explanation;
  });
  return ranged.map(({ range, ...explanation }) => ({
    ...answers.get(explanation.target)!,
    explanation,
    range,
  }));
}

/** With `any`, it has to work on the newest versions: older ones are told apart, not held against it. */
function exitCode(answers: readonly Answer[], plain: boolean): number {
  const { verdict, upstream } = answers[0]!.explanation;
  if (plain || verdict === 'plain')
    return upstream !== null && answers[0]!.outcome?.end === 'forwarded' ? 0 : 1;
  return verdict === 'upgrades' ? 0 : 1;
}

/** JSON lines, one answer for each request, in order; run-time state such as round robin goes on from one to the next. */
async function explainBatch(job: Job, requests: readonly NamedRequest[]): Promise<number> {
  const lines: string[] = [];
  let worst = 0;
  const target = job.target;
  const { config, situation } = situationOf(
    job.source,
    job.settings(target === 'any' ? newestVersion : target),
  );
  for (const { name, request } of requests) {
    if (target === 'any') {
      const answers = answersFor(job, request);
      worst = Math.max(worst, exitCode(answers, job.options.plain === true));
      const targets = answers.map(({ explanation, range }) => ({ range, ...explanation }));
      lines.push(JSON.stringify({ name, version: 1, targets }));
      continue;
    }
    const explained: Explained =
      situation === null
        ? { explanation: explainRefusal(config), causes: [], outcome: null }
        : explainRequest(situation, request);
    worst = Math.max(
      worst,
      exitCode([{ ...explained, range: null, config, situation }], job.options.plain === true),
    );
    lines.push(JSON.stringify({ name, ...explained.explanation }));
  }
  await deliver(job, lines.map((line) => `${line}\n`).join(''));
  return worst;
}

/** Every location that can reach an upstream, with its verdict. */
async function explainAllLocations(job: Job): Promise<number> {
  const { options } = job;
  const target = job.target === 'any' ? newestVersion : job.target;
  const config = resolve(job.source, job.settings(target));
  if (!config.verdict.ok) {
    const refusal: Answer = {
      explanation: explainRefusal(config),
      causes: [],
      outcome: null,
      range: null,
      config,
      situation: null,
    };
    await deliver(
      job,
      options.format === 'json'
        ? `${JSON.stringify(refusal.explanation, null, 2)}\n`
        : prettyExplanations([refusal], prettyOptions(job)),
    );
    return 1;
  }
  const situation = situate(config, { ...job.settings(target), prepare: withoutLimits });
  const rows = explainLocations(situation, requestOptions(options));
  if (options.format === 'json') {
    const value = {
      version: 1,
      target,
      locations: rows.map(({ explained, ...row }) => ({ ...row, ...explained?.explanation })),
    };
    await deliver(job, `${JSON.stringify(value, null, 2)}\n`);
  } else if (options.format === 'html') {
    const { renderTableHtml } = await import('../explain/render/html.ts');
    await deliver(job, renderTableHtml(rows, job.source.path, target));
  } else if (options.format === 'mermaid') {
    const { renderMermaidTable } = await import('../explain/render/mermaid.ts');
    await deliver(job, renderMermaidTable(rows));
  } else await deliver(job, prettyTable(rows, target, prettyOptions(job)));
  return rows.every(({ verdict }) => verdict !== 'fails') ? 0 : 1;
}

function prettyOptions({ options, terminal }: Job): PrettyOptions {
  return {
    color: wantsColor(terminal, options.color),
    width: terminal.columns ?? 100,
    workingDirectory: terminal.cwd,
  };
}

async function deliver({ options, terminal }: Job, text: string): Promise<void> {
  if (options.output === undefined) return terminal.out(text);
  try {
    writeFileSync(path.resolve(terminal.cwd, options.output), text);
  } catch (error) {
    throw new CliError(`cannot write ${options.output}: ${systemReason(error)}`);
  }
}
