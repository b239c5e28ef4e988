import type { EffectiveSetting } from './settings.ts';
import type { TracePhase } from '../engine/api.ts';

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
