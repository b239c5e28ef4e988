import type { Engine, LogLevel } from '../engine/api.ts';
import type { Request } from '../engine/request.ts';
import type { ConnectionSlots } from './connection-slots.ts';
import type { TempFiles } from './files/temp-file.ts';
import type { Services } from './services.ts';
import type { Buffers } from './socket/buffers.ts';
import type { Deadlines } from './socket/deadline.ts';
import type { ConnectionPools } from './upstream/connection.ts';
import type { UpstreamTls } from './upstream/tls.ts';
import type { Rules } from './rules.ts';

/** Writes to the error log that applies to a request; `activity` is what was going on (`connecting to upstream`), '' for nothing to tell. */
export type LogRequest = (
  level: LogLevel,
  message: string,
  request: Request | null,
  activity: string,
) => void;

/** Since the generation began. */
export interface Counts {
  accepted: number;
  /** Those of `accepted` for which there was place. */
  handled: number;
  requests: number;
}

/** What all connections of one generation share. */
export interface DataPath {
  readonly engine: Engine;
  readonly services: Services;
  readonly rules: Rules;
  readonly buffers: Buffers;
  readonly deadlines: Deadlines;
  readonly pools: ConnectionPools;
  readonly upstreamTls: UpstreamTls;
  readonly tempFiles: TempFiles;
  readonly log: LogRequest;
  /** Writes the access log lines of a finished request. */
  readonly logAccess: (request: Request) => void;
  readonly slots: ConnectionSlots;
  readonly counts: Counts;
  /** A graceful stop is under way: connections are not kept any more. */
  draining: boolean;
}
