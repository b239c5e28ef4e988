import { memoryReader } from '../../src/2-resolve/file-reader.ts';
import { run, share } from '../../src/2-resolve/resolve.ts';
import type { Shared } from '../../src/2-resolve/resolve.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import { accepted } from './judgement.ts';
import type { ConfigFiles, Judgement } from './judgement.ts';

/** Reading the tables takes longer than a small configuration: thousands of them share one copy. */
const { facts }: Pick<Shared, 'facts'> = share({});

/** What our judgement says of `config`, as if its files lay at their paths. */
export function judgeOurselves(config: ConfigFiles, target: string): Judgement {
  const options = { prefix: '/usr/share/nginx/', reader: memoryReader(config.files) };
  const entry = new SourceFile(config.entry, config.files[config.entry]!);
  const { verdict } = run(entry, options, target, { ...share(options), facts }).config;
  if (verdict.ok) return accepted;
  const { level, message, file, line } = verdict;
  return { ok: false, level, message, file: file?.path ?? null, line };
}
