import type { Location, Server } from '../3-plan/schema.ts';
import type { PhaseHandler } from './phases.ts';
import type { Evaluator } from './template.ts';

/** A server made ready for evaluation. */
export interface CompiledServer {
  /** Index into `plan.http.servers`. */
  readonly index: number;
  readonly plan: Server;
  /** What applies before a location is found (nginx's server-level loc_conf). */
  readonly root: CompiledLocation;
}

/** A location, server root, `if` or `limit_except` made ready. */
export interface CompiledLocation {
  /** Index into `plan.http.locations`. */
  readonly index: number;
  readonly plan: Location;
  readonly phases: readonly (readonly PhaseHandler[])[];
  readonly evaluators?: readonly Evaluator[];
}
