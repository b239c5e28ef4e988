import { describe, expect, it } from 'vitest';
import { allCases, groups } from './cases/index.ts';
import { knownReason } from './cases/known-differences.ts';
import { sharedFiles } from './fixtures.ts';
import { singleFile } from './judgement.ts';
import { judgeOurselves } from './ours.ts';
import { recordedVersion } from './real-nginx.ts';
import { answerText, parseAnswerText, readAnswers, sameAnswer } from './record.ts';

const shared = sharedFiles();
const answers = readAnswers();
const cases = allCases();

describe(`what nginx ${recordedVersion} says of`, () => {
  it.each(Object.keys(groups))('%s', (group) => {
    const differences = cases
      .filter((each) => each.group === group)
      .filter(({ key }) => knownReason(parseAnswerText(answers[key]!)) === null)
      .map(({ key, text }) => ({
        key,
        nginx: answers[key],
        ours: answerText(judgeOurselves(singleFile(text, shared), recordedVersion)),
      }))
      .filter(({ nginx, ours }) => !sameAnswer(nginx, ours));
    expect(differences).toEqual([]);
  });

  it('has an answer for every case and none left over', () => {
    expect(Object.keys(answers).sort()).toEqual(cases.map(({ key }) => key).sort());
  });
});
