import { describe, expect, it } from 'vitest';
import { shaCrypt } from '../../../src/engine/algorithms/crypt/sha-crypt.ts';
import { verifyPassword } from '../../../src/engine/algorithms/crypt/verify-password.ts';
import recorded from './recorded-crypt.json' with { type: 'json' };

describe('passwords as crypt(3) of Debian hashes them', () => {
  it.each(recorded as [string, string][])('%j %s', (password, stored) => {
    expect(verifyPassword(password, stored)).toBe('match');
    expect(verifyPassword(`${password.slice(0, 7)}~`, stored)).toBe('mismatch');
  });
});

describe("nginx's own schemes", () => {
  // The first three are what `openssl passwd -apr1` gives, the others what ngx_crypt.c describes.
  it.each([
    ['', '$apr1$abcdefgh$L.PT565ESX4Tp2bqNs7Ie.'],
    ['a', '$apr1$abcdefgh$G8IsPsylW5ROvIKsQMRG61'],
    ['Hello world', '$apr1$abcdefgh$sxPHXknOeDF0xQTnFHXWb1'],
    ['123', '{PLAIN}123'],
    ['foo', '{SHA}C+7Hteo/D9vJXQ3UfzxbwnXaijM='],
    ['foo', '{SSHA}iEPX+SQWIR3p67lj/0zigSWTKHhiYXI='],
  ])('%j %s', (password, stored) => {
    expect(verifyPassword(password, stored)).toBe('match');
    expect(verifyPassword('wrong', stored)).toBe('mismatch');
  });

  it('says which hashes it cannot judge', () => {
    expect(verifyPassword('a', '$2b$05$abcdefghijklmnopqrstuuTOX')).toBe('unsupported');
    expect(verifyPassword('a', '$y$j9T$abc$def')).toBe('unsupported');
  });

  it('fails for text that is no hash', () => {
    expect(verifyPassword('a', '')).toBe('mismatch');
    expect(verifyPassword('a', 'é')).toBe('mismatch');
    expect(verifyPassword('*0', '*0')).toBe('mismatch');
  });
});

describe('crypt(3)', () => {
  it('refuses passwords of 512 bytes and more', () => {
    const stored = (password: string): string => shaCrypt(password, '$5$salt')!;
    const [longest, longer] = ['x'.repeat(511), 'x'.repeat(512)];
    expect(verifyPassword(longest, stored(longest))).toBe('match');
    expect(verifyPassword(longer, stored(longer))).toBe('mismatch');
  });
});
