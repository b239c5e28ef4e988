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
  ['stream.server', 'listen 8099; pass x.example.com:80;', '"pass" directive has no addresses'],
  ['stream.server', 'listen 8099; pass 127.0.0.1;', '"pass" directive has no port'],
  ['stream.server', 'listen 8099; pass 127.0.0.1:80;', null],
  ['stream.server', 'listen 8099; pass unix:/run/x;', null],
  ['stream.server', 'listen 8099; pass $no_such;', 'unknown "no_such" variable'],
  ['stream.upstream', 'least_time connect x; server 127.0.0.1:1;', 'invalid parameter "x"'],
  ['stream.upstream', 'least_time x inflight; server 127.0.0.1:1;', 'invalid value "x"'],
  [
    'server',
    'listen 8099 ssl; ssl_certificate a; ssl_certificate_key a; ssl_stapling on; ssl_certificate_compression on;',
    '"ssl_stapling" is incompatible with "ssl_certificate_compression"',
  ],
  [
    'stream',
    'server { listen 8099; server_name a..b; return x; } server { listen 8099; server_name c; return x; }',
    'invalid server name or wildcard "a..b" on 0.0.0.0:8099',
  ],
  [
    'stream',
    'server_names_hash_max_size 0; server { listen 8099; server_name a; return x; } server { listen 8099; server_name b; return x; }',
    'could not build server_names_hash, you should increase server_names_hash_max_size: 0',
  ],
  ['stream', 'server { listen 8099; server_name a..b; return x; }', null],
  ['stream', 'proxy_ssl_alpn h2 $no_such;', 'unknown "no_such" variable'],
];

describe('what nginx 1.31.5 says of', () => {
  it.each(answers)('%s: %s', (context, piece, message) => {
    const text = caseText(context, piece).replace(/load_module [^;]*; /, '');
    expect(judgeOurselves(singleFile(text), '1.31.5').message).toBe(message);
  });
});
