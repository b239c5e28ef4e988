import type { AcceptSettings } from '../listen/acceptor.ts';
import type { ErrorLogTarget } from '../log/error-log.ts';
import type { TlsServerSettings } from '../tls/tls-server.ts';
import type { RunAs } from './privileges.ts';

/** What the process itself, rather than the data path, takes from a plan. Paths are absolute. */
export interface ProcessSettings {
  readonly daemon: boolean;
  readonly workers: number;
  /** `master_process`: without it there is one process, whatever `workers` says. */
  readonly master: boolean;
  /** null = `pid off`. */
  readonly pidFile: string | null;
  readonly runAs: RunAs | null;
  /** `worker_rlimit_nofile`; null = not set. */
  readonly fileLimit: number | null;
  /** Milliseconds; 0 = none. */
  readonly shutdownTimeout: number;
  readonly workingDirectory: string | null;
  /** `env NAME=value`; names without a value keep what they have. */
  readonly environment: ReadonlyArray<readonly [name: string, value: string]>;
  /** Of the main level; empty = the log of the command line. */
  readonly errorLog: readonly ErrorLogTarget[];
  /** Paths of all logs that are files, for giving them to the workers' user after a rotation. */
  readonly logFiles: readonly string[];
  /** Directories for temporary files. */
  readonly tempPaths: readonly string[];
  /** The sockets to bind, with what happens to their connections. */
  readonly sockets: readonly AcceptSettings[];
  /** `ssl_object_cache_inheritable`. */
  readonly inheritTlsFiles: boolean;
  /** By index of the server in the plan; null where it has no certificate. */
  readonly tlsServers: ReadonlyArray<TlsServerSettings | null>;
}
