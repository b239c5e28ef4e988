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
  readonly test: { readonly ok: boolean; readonly message: string | null };
  readonly backends: Readonly<Record<string, string>>;
  readonly requests: readonly RecordedRequest[];
}

/** Ports that stand for the placeholders of a case: our server's, and B1 to B3. All have five digits, as in the recordings. */
export interface Ports {
  readonly server: number;
  readonly backends: readonly [number, number, number];
}

/** What the recorded files' modification time was. */
export const recordedTime = new Date('2020-01-01T00:00:00Z');

/** A request whose outcome is not the recorded one. */
export interface Difference {
  readonly case: string;
  readonly request: number;
  readonly name: string;
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Puts ports in the place of `{{PORT}}`, `{{B1}}` and `{{B1.PORT}}`. */
export function fill(text: string, ports: Ports): string {
  let result = text.replaceAll('{{PORT}}', String(ports.server));
  for (const [index, port] of ports.backends.entries()) {
    result = result
      .replaceAll(`{{B${index + 1}.PORT}}`, String(port))
      .replaceAll(`{{B${index + 1}}}`, `127.0.0.1:${port}`);
  }
  return result;
}

/** Takes {@link fill} back. */
export function unfill(text: string, ports: Ports): string {
  let result = text.replaceAll(String(ports.server), '{{PORT}}');
  for (const [index, port] of ports.backends.entries()) {
    result = result
      .replaceAll(`127.0.0.1:${port}`, `{{B${index + 1}}}`)
      .replaceAll(String(port), `{{B${index + 1}.PORT}}`);
  }
  return result;
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
