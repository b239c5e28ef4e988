/** `node test/nginx/case-differences.ts [GROUP] [PATTERN]`: the hand-written cases that we judge otherwise than recorded. */
import { allCases } from './cases/index.ts';
import { knownReason } from './cases/known-differences.ts';
import { sharedFiles } from './fixtures.ts';
import { singleFile } from './judgement.ts';
import { judgeOurselves } from './ours.ts';
import { recordedVersion } from './real-nginx.ts';
import { answerText, parseAnswerText, readAnswers, sameAnswer } from './record.ts';

const [group = '', pattern = ''] = process.argv.slice(2);
const answers = readAnswers();
const shared = sharedFiles();
let total = 0;
let different = 0;
for (const { key, text, group: of } of allCases()) {
  if (!of.startsWith(group) || !key.includes(pattern) || knownReason(parseAnswerText(answers[key]!)) !== null)
    continue;
  total++;
  const ours = answerText(judgeOurselves(singleFile(text, shared), recordedVersion));
  if (sameAnswer(answers[key], ours)) continue;
  different++;
  console.log(`${of} / ${key}\n    nginx ${answers[key]}\n    ours  ${ours}`);
}
console.log(`${different} of ${total} differ`);
