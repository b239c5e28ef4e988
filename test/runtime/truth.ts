/**
 * Replays the recorded answers of real nginx against our own server, through real sockets:
 *
 *     node test/runtime/truth.ts [--version 1.22|1.31] [--limit N] [--case ID] [--jobs N] [--port FIRST] [--verbose]
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readTruth, truthVersions } from './truth/recorded.ts';
import type { Difference, TruthVersion } from './truth/recorded.ts';
import { replay } from './truth/replay.ts';

const { values } = parseArgs({
  options: {
    version: { type: 'string' },
    limit: { type: 'string' },
    case: { type: 'string' },
    jobs: { type: 'string', default: '8' },
    port: { type: 'string', default: '25100' },
    verbose: { type: 'boolean', default: false },
  },
});

const versions = values.version === undefined ? truthVersions : [values.version as TruthVersion];
let failed = false;
for (const version of versions) {
  const cases = readTruth(version)
    .filter(({ id }) => values.case === undefined || id === values.case)
    .slice(0, Number(values.limit ?? Infinity));
  const differences: Difference[] = [];
  const queue = [...cases];
  let broken = 0;
  const run = async (job: number): Promise<void> => {
    const first = Number(values.port) + job * 4;
    const directory = join(tmpdir(), `hopwright-truth-${process.pid}-${job}`);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        const found = await replay(next, directory, {
          server: first,
          backends: [first + 1, first + 2, first + 3],
        });
        differences.push(...found);
      } catch (error) {
        broken++;
        console.log(`${next.id}: ${(error as Error).stack}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, (_, job) => run(job)));
  const requests = cases
    .filter(({ test }) => test.ok)
    .reduce((sum, { requests: all }) => sum + all.length, 0);
  const wrong = new Set(differences.map((difference) => `${difference.case} ${difference.request}`)).size;
  if (values.verbose || values.case !== undefined) {
    for (const { case: id, request, name, field, expected, actual } of differences) {
      console.log(
        `${id} #${request} ${name} ${field}\n  nginx: ${JSON.stringify(expected)}\n  ours:  ${JSON.stringify(actual)}`,
      );
    }
  }
  console.log(
    `${version}: ${requests - wrong} of ${requests} requests in ${cases.length} configurations as nginx; ${broken} cases broke`,
  );
  failed ||= wrong > 0 || broken > 0;
}
process.exit(failed ? 1 : 0);
