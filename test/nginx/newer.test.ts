import { describe, expect, it } from 'vitest';
import { caseText } from './cases/case.ts';
import type { CaseContext } from './cases/case.ts';
import { singleFile } from './judgement.ts';
import { judgeOurselves } from './ours.ts';

/** What nginx 1.31.5 says (seen with one built with everything); null where it accepts. */
const answers: readonly (readonly [CaseContext, piece: string, message: string | null])[] = [
  ['stream', 'ssl_certificate_cache max=4 valid=1s;', null],
  ['stream', 'ssl_certificate_cache valid=1s;', '"ssl_certificate_cache" must have the "max" parameter'],
  ['stream', 'ssl_certificate_cache max=4x;', 'invalid parameter "max=4x"'],
  ['stream', 'proxy_ssl_certificate_cache x;', 'invalid parameter "x"'],
  ['http', 'http2_recv_buffer_size 17;', null],
  ['http', 'http2_recv_buffer_size 16;', '"http2_recv_buffer_size" directive value is too small'],
];

describe('what nginx 1.31.5 says of', () => {
  it.each(answers)('%s: %s', (context, piece, message) => {
    const text = caseText(context, piece).replace(/load_module [^;]*; /, '');
    expect(judgeOurselves(singleFile(text), '1.31.5').message).toBe(message);
  });
});
