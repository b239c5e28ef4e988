/** `node test/nginx/record.ts`: asks the installed nginx about every hand-written case and writes `cases/answers.json`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCases } from './cases/index.ts';
import { sharedFiles } from './fixtures.ts';
import { singleFile } from './judgement.ts';
import { installedVersion, judgeAll, recordedVersion } from './real-nginx.ts';
import type { Judgement } from './judgement.ts';

const path = join(import.meta.dirname, 'cases/answers.json');

/** The recorded answer of each case: `ok`, or `[level] message` with ` @FILE:LINE` where nginx named a place. */
export type Answers = Record<string, string>;

export function readAnswers(): Answers {
  return JSON.parse(readFileSync(path, 'utf8')) as Answers;
}

/** A judgement as it is recorded. */
export function answerText(judgement: Judgement): string {
  if (judgement.ok) return 'ok';
  const place = judgement.file === null ? '' : ` @${judgement.file}:${judgement.line}`;
  return `[${judgement.level}] ${judgement.message}${place}`;
}

/** Whether two recorded answers agree; a few complaints of libraries have another level with us. */
export function sameAnswer(a: string | undefined, b: string): boolean {
  return a?.replace(/^\[\w+\] /, '') === b.replace(/^\[\w+\] /, '');
}

/** Reads {@link answerText} back. */
export function parseAnswerText(text: string): Judgement {
  if (text === 'ok') return { ok: true, level: null, message: null, file: null, line: null };
  const match = /^\[(\w+)\] ([^]*?)(?: @(\/[^@]*):(\d+))?$/.exec(text)!;
  return {
    ok: false,
    level: match[1]!,
    message: match[2]!,
    file: match[3] ?? null,
    line: match[4] === undefined ? null : Number(match[4]),
  };
}

if (import.meta.main) {
  if (installedVersion() !== recordedVersion) throw new Error(`nginx ${recordedVersion} is needed to record`);
  const cases = allCases();
  const shared = sharedFiles();
  const answers = await judgeAll(cases.map(({ text }) => singleFile(text, shared)));
  const recorded: Answers = {};
  cases.forEach(({ key }, index) => (recorded[key] = answerText(answers[index]!)));
  writeFileSync(path, `${JSON.stringify(recorded, null, 1)}\n`);
  console.log(`${cases.length} answers recorded`);
}
