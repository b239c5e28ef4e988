import { describe, expect, it } from 'vitest';
import { charsetRecoders } from '../../../src/engine/algorithms/charset.ts';

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('charset maps', () => {
  it('exchange bytes both ways and put question marks for others', () => {
    const { there, back } = charsetRecoders(
      [
        { byte: 0xc1, bytes: '\xe0' },
        { byte: 0x58, bytes: 'Y' },
      ],
      false,
    );
    expect(there()('aX\xc1\xc2')).toBe('aY\xe0?');
    expect(back()('aY\xe0\xc1')).toBe('aX\xc1?');
  });
  it('write UTF-8', () => {
    const { there } = charsetRecoders([{ byte: 0x80, bytes: utf8('€') }], true);
    expect(there()('a\x80\x81')).toBe(`a${utf8('€')}?`);
  });
  it.each([1, 2, 3, 100])('read UTF-8 in pieces of %i bytes', (size) => {
    const recode = charsetRecoders([{ byte: 0x80, bytes: utf8('€') }], true).back();
    const text = `${utf8('a€ä€😀z')}\xff\x80\xc3(.\xe2\x82`;
    let output = '';
    for (let at = 0; at < text.length; at += size) output += recode(text.slice(at, at + size));
    expect(output).toBe('a\x80&#228;\x80&#128512;z???.');
  });
});
