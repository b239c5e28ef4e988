import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler, PhaseName } from '../phases/phase.ts';
import type { Request } from '../request.ts';

/** Changes an answer before its head is written. */
export type HeadFilter = (request: Request) => void;

/** What a module adds to the engine. A module without a part leaves it out. */
export interface EngineModule {
  readonly name: string;
  /** Defines the module's variables. */
  define?(cx: EngineContext): void;
  /** Handlers for a location, null where its settings switch the module off. */
  readonly handlers?: Partial<
    Record<PhaseName, (cx: EngineContext, settings: AllSettings) => PhaseHandler | null>
  >;
  /** The header filter of a location; null where its settings switch the module off. */
  headFilter?(cx: EngineContext, settings: AllSettings): HeadFilter | null;
  /** Runs when a request is over. */
  finish?(request: Request): void;
}
