import { describe, expect, test } from 'vitest';
import { hasTruth, readTruth, truthVersions } from '../runtime/truth/recorded.ts';
import type { RecordedRequest } from '../runtime/truth/recorded.ts';
import type { Replayed } from './truth/replay.ts';
import { filled, Replay } from './truth/replay.ts';

/** nginx's version is normalised in the record. */
const plain = (text: string, version: string): string => text.replaceAll(`nginx/${version}`, 'nginx/x.yy.z');

function differences(request: RecordedRequest, got: Replayed, version: string): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, seen: unknown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(seen))
      found.push(`${request.name} ${what}: ${JSON.stringify(wanted)} but got ${JSON.stringify(seen)}`);
  };
  compare('status', request.status, got.status);
  compare('head', filled(request.responseHead ?? ''), plain(got.head, version));
  compare(
    'upstream',
    request.upstream.map(({ backend, head, body }) => [backend, filled(head), filled(body ?? '')]),
    got.upstream.map(({ backend, head, body }) => [backend, head, body.slice(0, 200)]),
  );
  compare('tunnel', request.upgraded, got.tunnel);
  if (!got.tunnel && !got.body.includes('<file>'))
    compare('body', filled(request.body ?? ''), plain(got.body, version).slice(0, 200));
  return found;
}

describe.skipIf(!hasTruth())('recorded upgrades of real nginx (skipped without ../shared/truth)', () => {
  for (const version of truthVersions) {
    test(`every answer and every upstream head of nginx ${version}`, () => {
      const problems: string[] = [];
      for (const truth of readTruth(version)) {
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
