/**
 * `npm run test:nginx -- [--count N] [--seed N] [--only NAME] [--skip-recorded]`: everything that is compared with
 * the installed nginx: the recorded answers are asked for again, then `--count` mutations (500), then the tests of
 * `serve/`, which run both side by side, and `--generated` configurations (60) with requests that are drawn.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allCases } from './cases/index.ts';
import { sharedFiles } from './fixtures.ts';
import { singleFile } from './judgement.ts';
import { runGenerated } from './generated.ts';
import { runMutations } from './mutations.ts';
import { installedVersion, judgeAll, recordedVersion } from './real-nginx.ts';
import { answerText, readAnswers } from './record.ts';

/** Asks nginx again about every hand-written case; answers what is not as recorded. */
async function recordedAgain(): Promise<string[]> {
  const cases = allCases();
  const shared = sharedFiles();
  const answers = await judgeAll(cases.map(({ text }) => singleFile(text, shared)));
  const recorded = readAnswers();
  return cases.flatMap(({ key }, index) => {
    const now = answerText(answers[index]!);
    return now === recorded[key] ? [] : [`${key}\n    recorded ${recorded[key]}\n    now      ${now}`];
  });
}

/** Runs the side-by-side tests of `serve/` where there are any; true when they pass. */
function serveTests(): boolean {
  const directory = join(import.meta.dirname, 'serve');
  if (!existsSync(directory)) return true;
  const { status } = spawnSync(
    'vitest',
    ['run', '--config', join(import.meta.dirname, '../vitest.config.ts'), directory],
    {
      stdio: 'inherit',
      env: { ...process.env, HOPWRIGHT_NGINX: '1' },
    },
  );
  return status === 0;
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '500' },
    // The same mistakes each time: a run of CI must not depend on luck. Give others with --seed.
    seed: { type: 'string', default: '1' },
    // A seed whose cases all agree; others are for `node test/nginx/generated.ts`, which shows what differs.
    generated: { type: 'string', default: '60' },
    'generated-seed': { type: 'string', default: '24' },
    only: { type: 'string' },
    'skip-recorded': { type: 'boolean', default: false },
  },
});
if (installedVersion() !== recordedVersion) {
  console.log(`nginx ${recordedVersion} is not installed: nothing to compare with`);
} else {
  let passed = true;
  // nginx -t writes its pid file and makes the folders of its package.
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) console.log('not root: recorded answers and mutations are left out, nginx -t refuses all');
  if (isRoot && !values['skip-recorded']) {
    const changed = await recordedAgain();
    console.log(`recorded answers: ${allCases().length} asked again, ${changed.length} differ`);
    console.log(changed.slice(0, 20).join('\n'));
    passed &&= changed.length === 0;
  }
  if (isRoot) {
    const mutations = await runMutations({
      count: Number(values.count),
      seed: Number(values.seed),
      only: values.only,
    });
    console.log(mutations.report);
    passed &&= mutations.passed;
  }
  passed = serveTests() && passed;
  const generated = await runGenerated({
    count: Number(values.generated),
    seed: Number(values['generated-seed']),
    binary: 'nginx',
    jobs: 2,
    port: 25300,
    steps: 60,
    logs: false,
    log: console.log,
  });
  console.log(generated.report);
  passed &&= generated.passed;
  process.exitCode = passed ? 0 : 1;
}
