import { memoryReader } from '../../src/2-resolve/file-reader.ts';
import { resolve } from '../../src/2-resolve/resolve.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import { accepted } from './judgement.ts';
import type { ConfigFiles, Judgement } from './judgement.ts';

/** What our judgement says of `config`, as if its files lay at their paths. */
export function judgeOurselves(config: ConfigFiles, target: string): Judgement {
  const { verdict } = resolve(new SourceFile(config.entry, config.files[config.entry]!), {
    target,
    prefix: '/usr/share/nginx/',
    reader: memoryReader(config.files),
  });
  if (verdict.ok) return accepted;
  const { level, message, file, line } = verdict;
  return { ok: false, level, message, file: file?.path ?? null, line };
}
