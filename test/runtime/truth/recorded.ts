import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What reached a backend. */
export interface UpstreamHead {
  readonly backend: string;
  readonly head: string;
  readonly body?: string;
}

/** One recorded request; see ../shared/truth/README.md. */
export interface RecordedRequest {
  readonly name: string;
  readonly raw: string;
  readonly status: number | 'none' | null;
  readonly responseHead: string | null;
  readonly body: string | null;
  readonly upgraded: boolean | null;
  readonly end: string | null;
  readonly interim?: readonly string[];
  readonly upstream: readonly UpstreamHead[];
}

export interface RecordedCase {
  readonly id: string;
  readonly features: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly nginx: string;
  readonly test: { readonly ok: boolean };
  readonly backends: Readonly<Record<string, string>>;
  readonly requests: readonly RecordedRequest[];
}

/** `1.22` or `1.31`. */
export type TruthVersion = '1.22' | '1.31';

export const truthVersions: readonly TruthVersion[] = ['1.22', '1.31'];

function truthFile(version: TruthVersion): URL {
  return new URL(`../../../../shared/truth/upgrade-${version}.jsonl.gz`, import.meta.url);
}

/** Whether the recorded answers are at hand. */
export function hasTruth(): boolean {
  return truthVersions.every((version) => existsSync(truthFile(version)));
}

export function readTruth(version: TruthVersion): RecordedCase[] {
  const lines = gunzipSync(readFileSync(truthFile(version))).toString('utf8');
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedCase);
}
