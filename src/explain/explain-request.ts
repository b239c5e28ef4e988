import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import type { UpstreamAssumption } from './assumed-upstream.ts';
import type { Cause, Scene } from './causes/cause.ts';
import { causesOf } from './causes/causes.ts';
import { http2OnlyCause, shadowedLocation } from './causes/chosen.ts';
import { unknownsOf } from './causes/unknowns.ts';
import {
  describeLocation,
  describeRequest,
  describeResponse,
  describeServer,
  describeVisit,
  problemsOf,
  reasonOf,
  stepsOf,
} from './describe.ts';
import { decisiveVisit, drive, isMain, type Outcome } from './drive.ts';
import type { Explanation, Verdict } from './explanation.ts';
import { parseRequestHead, valuesOf } from './handshake.ts';
import type { ExplainedRequest } from './request.ts';
import { effectiveSettings } from './settings.ts';
import { chooseListen, connectionTo, type Situation } from './situation.ts';

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
  const http2Only = http2OnlyCause(situation, listen.index);
  if (http2Only !== null)
    return { explanation: withoutAnswer(situation, asked, http2Only), causes: [http2Only], outcome: null };
  const outcome = drive(situation.engine, connectionTo(plan, listen.index, asked), asked.raw, {
    traced: true,
    ...(upstream === undefined ? {} : { upstream }),
  });
  const { request } = outcome;
  const visit = decisiveVisit(outcome);
  const locationIndex = (visit?.request ?? request)?.location?.id ?? -1;
  const block = situation.blocks.ofLocation(locationIndex) ?? config.main;
  const { blocks } = situation;
  const seen = { config, plan, blocks, outcome, visit, block };
  const scene: Scene = { ...seen, asked: shadowedLocation(seen) };
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

function verdictOf(outcome: Outcome, isUpgrade: boolean, unknown: boolean): Verdict {
  if (!isUpgrade) return 'plain';
  if (unknown) return 'depends';
  return outcome.end === 'tunnel' ? 'upgrades' : 'fails';
}

/** Whether the client asks for an upgrade at all. */
export function hasUpgrade(raw: string): boolean {
  return valuesOf(parseRequestHead(raw), 'Upgrade').length > 0;
}

function withoutListener(situation: Situation, asked: ExplainedRequest): Explanation {
  return withoutAnswer(situation, asked, {
    code: 'ws/no-server',
    message: 'the configuration has no http server, so nobody answers',
    symptom: 'close code 1006',
    file: situation.config.files[0] ?? null,
    span: null,
    related: [],
    help: 'Add an http block with a server.',
    fix: null,
  });
}

/** For a request that no server reads. */
function withoutAnswer({ config }: Situation, asked: ExplainedRequest, cause: Cause): Explanation {
  const isUpgrade = hasUpgrade(asked.raw);
  return {
    ...explainRefusal(config),
    config: { ok: true, diagnostics: problemsOf(config) },
    request: describeRequest(asked.raw),
    steps: [],
    verdict: isUpgrade ? 'fails' : 'plain',
    reasons: [reasonOf(cause)],
  };
}
