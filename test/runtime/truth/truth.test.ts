import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../ports.ts';
import { hasTruth, readTruth, truthVersions } from './recorded.ts';
import { replay } from './replay.ts';

/** Every how many-th case is replayed here; `node test/runtime/truth.ts` replays all. */
const step = 50;

describe.skipIf(!hasTruth())('recorded answers of nginx (skipped without ../shared/truth)', () => {
  for (const version of truthVersions) {
    const cases = hasTruth() ? readTruth(version).filter((_, index) => index % step === 7) : [];
    it.concurrent.each(cases.map((recorded) => [recorded.id, recorded] as const))(
      `${version} %s`,
      async (id, recorded) => {
        const [server, ...backends] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
        const directory = join(tmpdir(), `hopwright-truth-${process.pid}-${version}-${id}`);
        const [b1, b2, b3] = backends as [number, number, number];
        expect(await replay(recorded, directory, { server: server!, backends: [b1, b2, b3] })).toEqual([]);
      },
    );
  }
});
