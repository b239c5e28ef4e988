import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import type { TracePhase } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import { decodeBytes } from '../text/source-file.ts';
import { placeOfOrigin } from './block-index.ts';
import type { Cause } from './causes/cause.ts';
import type { UpstreamVisit } from './drive.ts';
import type {
  ConfigProblem,
  Explanation,
  ExplanationLocation,
  ExplanationRequest,
  ExplanationServer,
  Reason,
  Step,
} from './explanation.ts';
import { parseRequestHead, statusOf } from './handshake.ts';
import { nameOfListen } from './listener.ts';
import { modifierOf } from './location-text.ts';
import type { Situation } from './situation.ts';

/** What arrived at an upstream. */
export function describeVisit({
  address,
  scheme,
  head,
}: UpstreamVisit): NonNullable<Explanation['upstream']> {
  return { address, scheme, head };
}

/** What is wrong with the configuration, nginx's judgement and the rules' together. */
export function problemsOf(config: ResolvedConfig): ConfigProblem[] {
  return config.diagnostics.map(({ code, severity, message, detail, file, span, help, fixes }) => ({
    code,
    severity,
    message,
    file: file.path,
    line: file.lineAt(span.start),
    // nginx's errors say where a directive may stand, or what is missing, in their detail.
    fix: fixes[0]?.title ?? help ?? (detail === '' ? null : detail),
  }));
}

/** The request as the client sends it. */
export function describeRequest(raw: string): ExplanationRequest {
  const { method, target, version, headers } = parseRequestHead(raw);
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
  return { method, target, version, headers, host };
}

/** The server that was chosen; null when no request came about. */
export function describeServer(
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
    why: tracedWhy(request, 'server', origin),
  };
}

/** The location with that index of the plan, or the one around it; null for the server itself. */
export function describeLocation(
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
  return {
    modifier: modifierOf(found),
    pattern: decodeBytes(found.name),
    file: place?.file ?? null,
    line: place?.line ?? null,
    why: request === null ? '' : tracedWhy(request, 'location'),
  };
}

/** What was noted last of the phase; of the place `origin` only, where one is given: next hops choose servers too. */
function tracedWhy(request: Request, phase: TracePhase, origin?: number): string {
  const steps = request.trace?.filter((step) => step.phase === phase) ?? [];
  const step = origin === undefined ? steps.at(-1) : steps.findLast((each) => each.origin === origin);
  return (step ?? steps.at(-1))?.message ?? '';
}

/** What the engine noted on the way. */
export function stepsOf({ plan }: Situation, request: Request | null): Step[] {
  return (request?.trace ?? []).map(({ phase, origin, message }) => {
    const place = placeOfOrigin(plan, origin);
    return { phase, file: place?.file ?? null, line: place?.line ?? null, message: decodeBytes(message) };
  });
}

/** An answer of nginx itself. */
export function describeResponse(head: string): Explanation['response'] {
  return { status: statusOf(head), headers: parseRequestHead(head).headers };
}

/** A cause in the words of the answer. */
export function reasonOf({ code, message, file, span, help }: Cause): Reason {
  return {
    code,
    message: decodeBytes(message),
    file: file?.path ?? null,
    line: file === null || span === null ? null : file.lineAt(span.start),
    fix: help,
  };
}
