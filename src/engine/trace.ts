import type { TracePhase } from './api.ts';
import { phases } from './phases/phase.ts';
import type { Request } from './request.ts';

const names: Readonly<Record<number, TracePhase>> = {
  [phases.postRead]: 'post-read',
  [phases.serverRewrite]: 'server-rewrite',
  [phases.findConfig]: 'location',
  [phases.rewrite]: 'rewrite',
  [phases.postRewrite]: 'rewrite',
  [phases.preaccess]: 'preaccess',
  [phases.access]: 'access',
  [phases.postAccess]: 'access',
  [phases.precontent]: 'precontent',
  [phases.content]: 'content',
};

/**
 * Notes a step of the phase the request is in. Call only when `request.trace` is not null.
 * @param answer the status, where the step gives one
 */
export function trace(request: Request, origin: number, message: string, answer?: number): void {
  const phase = names[request.phase] ?? 'content';
  request.trace?.push({ phase, origin, message, ...(answer === undefined ? {} : { answer }) });
}

/** Adds a step of `phase` to the trace where one is kept; `origin` is the place that led to it. */
export function traceAs(request: Request, phase: TracePhase, origin: number, message: string): void {
  request.trace?.push({ phase, origin, message });
}
