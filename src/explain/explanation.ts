import type { TracePhase } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import { decodeBytes } from '../text/source-file.ts';
import { placeOfOrigin } from './block-index.ts';
import type { Cause, Scene } from './causes/cause.ts';
import { causesOf } from './causes/causes.ts';
import { unknownsOf } from './causes/unknowns.ts';
import {
  decisiveVisit,
  drive,
  isMain,
  type Outcome,
  type UpstreamAssumption,
  type UpstreamVisit,
} from './drive.ts';
import { parseRequestHead, valuesOf } from './handshake.ts';
import { nameOfListen } from './listener.ts';
import type { ExplainedRequest } from './request.ts';
import { effectiveSettings, type EffectiveSetting } from './settings.ts';
import { chooseListen, connectionTo, type Situation } from './situation.ts';

/** The answer of `explain`, as `--format json` prints it (docs/cli.md). Byte strings are latin1. */
export interface Explanation {
  readonly version: 1;
  readonly target: string;
  readonly config: { readonly ok: boolean; readonly diagnostics: readonly ConfigProblem[] };
  readonly request: ExplanationRequest | null;
  readonly server: ExplanationServer | null;
  readonly location: ExplanationLocation | null;
  readonly steps: readonly Step[] | null;
  /** nginx's own answer; null when the upstream's is passed on, or none comes. */
  readonly response: { readonly status: number; readonly headers: readonly HeaderLine[] } | null;
  readonly upstream: { readonly address: string; readonly scheme: string; readonly head: string } | null;
  /** Servers of this same configuration that passed the request on before it reached `upstream`. */
  readonly hops?: readonly { readonly address: string; readonly scheme: string; readonly head: string }[];
  /** What applies where the request is passed on; null when it is not. */
  readonly settings: readonly EffectiveSetting[] | null;
  readonly verdict: Verdict | null;
  readonly reasons: readonly Reason[] | null;
}

/** `plain`: the request asks for no upgrade; `depends`: something the model cannot decide stands in the way. */
export type Verdict = 'upgrades' | 'fails' | 'depends' | 'plain';
export type HeaderLine = readonly [name: string, value: string];

export interface ConfigProblem {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  /** What to do; null when nothing more is known than the message. */
  readonly fix: string | null;
}

export interface ExplanationRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly HeaderLine[];
  readonly host: string;
}

export interface ExplanationServer {
  readonly names: readonly string[];
  readonly listen: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly why: string;
}

export interface ExplanationLocation {
  readonly modifier: string;
  readonly pattern: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly why: string;
}

export interface Step {
  readonly phase: TracePhase;
  readonly file: string | null;
  readonly line: number | null;
  readonly message: string;
}

export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly fix: string;
}

/** An explanation with what its pictures and frames are made of. */
export interface Explained {
  readonly explanation: Explanation;
  readonly causes: readonly Cause[];
  readonly outcome: Outcome | null;
}

/** For a configuration that nginx would refuse. */
export function explainRefusal(config: ResolvedConfig): Explanation {
  return {
    version: 1,
    target: config.target,
    config: { ok: false, diagnostics: problemsOf(config) },
    request: null,
    server: null,
    location: null,
    steps: null,
    response: null,
    upstream: null,
    settings: null,
    verdict: null,
    reasons: null,
  };
}

/** What happens to one request, and why. */
export function explainRequest(
  situation: Situation,
  asked: ExplainedRequest,
  upstream?: UpstreamAssumption,
): Explained {
  const { config, plan } = situation;
  const listen = chooseListen(plan, asked);
  if (listen === null) return { explanation: withoutListener(situation, asked), causes: [], outcome: null };
  const outcome = drive(situation.engine, connectionTo(plan, listen.index, asked), asked.raw, {
    traced: true,
    ...(upstream === undefined ? {} : { upstream }),
  });
  const { request } = outcome;
  const visit = decisiveVisit(outcome);
  const locationIndex = (visit?.request ?? request)?.location?.id ?? -1;
  const block = situation.blocks.ofLocation(locationIndex) ?? config.main;
  const scene: Scene = { config, outcome, visit, block };
  const hops = outcome.visits.filter((one) => isMain(one) && one !== visit && one.hopAnswer !== null);
  const isUpgrade = hasUpgrade(asked.raw);
  const causes = isUpgrade ? causesOf(scene) : [];
  const unknowns = unknownsOf(scene);
  const verdict = verdictOf(outcome, isUpgrade, unknowns.length > 0);
  const reasons = [...(verdict === 'depends' ? unknowns : []), ...causes];
  return {
    explanation: {
      version: 1,
      target: config.target,
      config: { ok: true, diagnostics: problemsOf(config) },
      request: describeRequest(asked.raw),
      server: describeServer(situation, request, listen.index),
      location: describeLocation(situation, request, locationIndex),
      steps: [
        ...(listen.note === null
          ? []
          : [{ phase: 'server', file: null, line: null, message: listen.note } as const]),
        ...stepsOf(situation, request),
        ...outcome.assumptions.map(
          (message) =>
            ({ phase: 'upstream', file: null, line: null, message: `assumed: ${message}` }) as const,
        ),
      ],
      response: outcome.end === 'answered' ? describeResponse(outcome.responseHead) : null,
      upstream: visit === null ? null : describeVisit(visit),
      ...(hops.length === 0 ? {} : { hops: hops.map(describeVisit) }),
      settings: visit === null ? null : effectiveSettings(block, config.target),
      verdict,
      reasons: reasons.map(reasonOf),
    },
    causes: reasons,
    outcome,
  };
}

function describeVisit({ address, scheme, head }: UpstreamVisit): NonNullable<Explanation['upstream']> {
  return { address, scheme, head };
}

function verdictOf(outcome: Outcome, isUpgrade: boolean, unknown: boolean): Verdict {
  if (!isUpgrade) return 'plain';
  if (unknown) return 'depends';
  return outcome.end === 'tunnel' ? 'upgrades' : 'fails';
}

/** Whether the client asks for an upgrade at all. */
export function hasUpgrade(raw: string): boolean {
  return valuesOf(parseRequestHead(raw), 'Upgrade').length > 0;
}

function problemsOf(config: ResolvedConfig): ConfigProblem[] {
  return config.diagnostics.map(({ code, severity, message, file, span, help, fixes }) => ({
    code,
    severity,
    message,
    file: file.path,
    line: file.lineAt(span.start),
    fix: fixes[0]?.title ?? help,
  }));
}

function describeRequest(raw: string): ExplanationRequest {
  const { method, target, version, headers } = parseRequestHead(raw);
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
  return { method, target, version, headers, host };
}

function describeServer(
  { plan }: Situation,
  request: Request | null,
  listen: number,
): ExplanationServer | null {
  if (request === null || request.server === undefined) return null;
  const { names, origin } = request.server.plan;
  const place = placeOfOrigin(plan, origin);
  return {
    names: names.map(({ name, regex }) => decodeBytes(regex ? `~${name}` : name)),
    listen: nameOfListen(plan.http!.listens[listen]!),
    file: place?.file ?? null,
    line: place?.line ?? null,
    why: tracedWhy(request, 'server'),
  };
}

const modifiers = {
  exact: '=',
  regex: '~',
  named: '@',
  prefix: '',
  if: '',
  limit_except: '',
  server: '',
} as const;

function describeLocation(
  { plan }: Situation,
  request: Request | null,
  index: number,
): ExplanationLocation | null {
  let found = plan.http?.locations[index];
  // An `if` or `limit_except` belongs to the location around it.
  while (found !== undefined && (found.kind === 'if' || found.kind === 'limit_except'))
    found = plan.http?.locations[found.parent];
  if (found === undefined || found.kind === 'server') return null;
  const place = placeOfOrigin(plan, found.origin);
  const modifier =
    found.kind === 'regex'
      ? found.caseless
        ? '~*'
        : '~'
      : found.kind === 'prefix' && found.noRegex
        ? '^~'
        : modifiers[found.kind];
  return {
    modifier: found.kind === 'named' ? '' : modifier,
    pattern: decodeBytes(found.name),
    file: place?.file ?? null,
    line: place?.line ?? null,
    why: request === null ? '' : tracedWhy(request, 'location'),
  };
}

function tracedWhy(request: Request, phase: TracePhase): string {
  return request.trace?.findLast((step) => step.phase === phase)?.message ?? '';
}

function stepsOf({ plan }: Situation, request: Request | null): Step[] {
  return (request?.trace ?? []).map(({ phase, origin, message }) => {
    const place = placeOfOrigin(plan, origin);
    return { phase, file: place?.file ?? null, line: place?.line ?? null, message: decodeBytes(message) };
  });
}

function describeResponse(head: string): Explanation['response'] {
  const status = Number(/^HTTP\/[\d.]+ (\d{3})/.exec(head)?.[1] ?? 0);
  return { status, headers: parseRequestHead(head).headers };
}

function reasonOf({ code, message, file, span, help }: Cause): Reason {
  return {
    code,
    message: decodeBytes(message),
    file: file?.path ?? null,
    line: file === null || span === null ? null : file.lineAt(span.start),
    fix: help,
  };
}

function withoutListener({ config }: Situation, asked: ExplainedRequest): Explanation {
  const isUpgrade = hasUpgrade(asked.raw);
  return {
    ...explainRefusal(config),
    config: { ok: true, diagnostics: problemsOf(config) },
    request: describeRequest(asked.raw),
    steps: [],
    verdict: isUpgrade ? 'fails' : 'plain',
    reasons: [
      {
        code: 'ws/no-server',
        message: 'the configuration has no http server, so nobody answers',
        file: config.files[0]?.path ?? null,
        line: null,
        fix: 'Add an http block with a server.',
      },
    ],
  };
}
