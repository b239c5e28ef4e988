import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Replayed, TruthCase, TruthRequest } from './truth/replay.ts';
import { fill, Replay } from './truth/replay.ts';

const folder = new URL('../../../shared/truth/', import.meta.url);
const versions = ['1.22', '1.31'];
const present = versions.every((version) => existsSync(new URL(`upgrade-${version}.jsonl.gz`, folder)));
if (!present) console.warn('../shared/truth is absent: the replay of recorded upgrades is skipped');

function read(version: string): TruthCase[] {
  const bytes = gunzipSync(readFileSync(new URL(`upgrade-${version}.jsonl.gz`, folder)));
  return bytes
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthCase);
}

/** nginx's version is normalised in the record. */
const plain = (text: string, version: string): string => text.replaceAll(`nginx/${version}`, 'nginx/x.yy.z');

function differences(request: TruthRequest, got: Replayed, version: string): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, seen: unknown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(seen))
      found.push(`${request.name} ${what}: ${JSON.stringify(wanted)} but got ${JSON.stringify(seen)}`);
  };
  compare('status', request.status, got.status);
  compare('head', fill(request.responseHead ?? ''), plain(got.head, version));
  compare(
    'upstream',
    request.upstream.map(({ backend, head, body }) => [backend, fill(head), fill(body ?? '')]),
    got.upstream.map(({ backend, head, body }) => [backend, head, body.slice(0, 200)]),
  );
  compare('tunnel', request.upgraded, got.tunnel);
  if (!got.tunnel && !got.body.includes('<file>'))
    compare('body', fill(request.body ?? ''), plain(got.body, version).slice(0, 200));
  return found;
}

describe.skipIf(!present)('recorded upgrades of real nginx', () => {
  for (const version of versions) {
    test(`every answer and every upstream head of nginx ${version}`, () => {
      const problems: string[] = [];
      for (const truth of read(version)) {
        if (!truth.test.ok) continue;
        const replay = new Replay(truth);
        if (!replay.accepted) {
          problems.push(`${truth.id}: refused: ${replay.message}`);
          continue;
        }
        for (const request of truth.requests)
          for (const each of differences(request, replay.run(request.raw), truth.nginx))
            problems.push(`${truth.id}: ${each}`);
      }
      expect(problems).toEqual([]);
    });
  }
});
