/** All benchmarks, one after the other; each prints ratios against a peer measured in the same run. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

for (const script of ['lint.ts', 'serve.ts']) {
  console.log(`\n== bench/${script}`);
  const run = spawnSync(process.execPath, [join(import.meta.dirname, script)], { stdio: 'inherit' });
  if (run.status !== 0) process.exitCode = 1;
}
