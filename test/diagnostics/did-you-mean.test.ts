import { describe, expect, test } from 'vitest';
import { didYouMean } from '../../src/diagnostics/did-you-mean.ts';

const names = [
  'proxy_pass',
  'proxy_set_header',
  'proxy_hide_header',
  'listen',
  'server',
  'server_name',
  'root',
  'if',
];

describe('didYouMean', () => {
  test.each([
    ['proxy_pas', 'proxy_pass'],
    ['proxy-pass', 'proxy_pass'],
    ['proxypass', 'proxy_pass'],
    ['Listen', 'listen'],
    ['lsiten', 'listen'],
    ['sever_name', 'server_name'],
    ['serverr', 'server'],
    ['rot', 'root'],
    ['proxy_set_headr', 'proxy_set_header'],
  ])('%s is probably %s', (word, meant) => {
    expect(didYouMean(word, names)).toBe(meant);
  });

  test.each(['foo', 'it', 'xy', '', 'proxy', 'location'])('%s is nothing known', (word) => {
    expect(didYouMean(word, names)).toBeNull();
  });

  test('takes the nearest of several, and the first among equals', () => {
    expect(didYouMean('abcdex', ['abcxyx', 'abcdey', 'abcdez'])).toBe('abcdey');
  });

  test('does not suggest the word itself', () => {
    expect(didYouMean('listen', ['listen'])).toBeNull();
  });
});
