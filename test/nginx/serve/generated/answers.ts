import { gzipSync } from 'node:zlib';
import type { ScriptedAnswer } from '../../../runtime/truth/backends.ts';

const keep = (...pieces: string[]): ScriptedAnswer => ({ pieces, closes: false });
const close = (...pieces: string[]): ScriptedAnswer => ({ pieces, closes: true });
const ok = (headers: string, body = 'body\n'): ScriptedAnswer =>
  keep(`HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n`, body);
const status = (code: number, headers = '', body = `${code}\n`): ScriptedAnswer =>
  keep(`HTTP/1.1 ${code} Reason of ${code}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`);

/** Answers that a request can ask a backend for, by name: pieces are sent with a pause between them. */
export const answers: Readonly<Record<string, ScriptedAnswer>> = {
  chunked: keep(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3;x=y\r\nfgh\r\n0\r\n\r\n',
  ),
  'chunked-slow': keep(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab',
    'cde\r\n',
    '0\r\n\r\n',
  ),
  'chunked-trailers': keep(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nabcde\r\n0\r\nX-T: one\r\nx-u: two\r\n\r\n',
  ),
  'chunked-broken': close('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nzz\r\n'),
  'chunked-cut': close('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc'),
  'chunked-extra': keep('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nEXTRA'),
  'chunked-and-length': keep(
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
  ),
  'other-coding': close('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc'),
  'no-length': close('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end\n'),
  http10: close('HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nold\n'),
  'http10-chunked': close('HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'),
  http09: close('just text\n'),
  'too-short': close('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort\n'),
  'too-long': keep('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef'),
  'two-lengths': keep('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc'),
  'bad-length': keep('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc'),
  'negative-length': keep('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc'),
  'line-feeds': keep('HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 3\n\nabc'),
  'odd-reason': keep('HTTP/1.1 299   many  words \r\nContent-Length: 0\r\n\r\n'),
  'no-reason': keep('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'),
  'other-version': keep('HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n'),
  'http2-version': close('HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'),
  'bad-status': close('HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n'),
  'short-status': close('HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'),
  'status-999': keep('HTTP/1.1 999 Nine\r\nContent-Length: 0\r\n\r\n'),
  'status-100-only': close('HTTP/1.1 100 Continue\r\n\r\n'),
  'continue-first': keep('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'),
  'hints-first': keep(
    'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
  ),
  'invalid-line': keep('HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\nhi'),
  'space-before-colon': keep('HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 2\r\n\r\nhi'),
  'folded-line': keep('HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\nContent-Length: 2\r\n\r\nhi'),
  'empty-name': keep('HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 2\r\n\r\nhi'),
  'null-byte': keep('HTTP/1.1 200 OK\r\nX-A: 1\x002\r\nContent-Length: 2\r\n\r\nhi'),
  'high-bytes': keep('HTTP/1.1 200 OK\r\nX-A: \xe9\xff\r\nX_under: 1\r\nContent-Length: 2\r\n\r\n\xe9\xff'),
  'empty-value': keep('HTTP/1.1 200 OK\r\nX-A:\r\nX-B:   \r\nX-C:  x  \r\nContent-Length: 2\r\n\r\nhi'),
  'huge-header': keep(`HTTP/1.1 200 OK\r\nX-A: ${'h'.repeat(5000)}\r\nContent-Length: 2\r\n\r\nhi`),
  'split-head': keep('HTTP/1.1 20', '0 OK\r\nX-', 'A: 1\r\nContent-Length: 2\r', '\n\r\nhi'),
  'cut-head': close('HTTP/1.1 200 OK\r\nX-A: 1\r\n'),
  nothing: close(''),
  repeated: ok(
    'X-A: 1\r\nX-A: 2\r\nx-a: 3\r\nVary: a\r\nVary: b\r\nLink: <x>\r\nLink: <y>\r\nCache-Control: a\r\nCache-Control: b\r\n',
  ),
  'repeated-single': ok(
    'Content-Type: text/a\r\nContent-Type: text/b\r\nServer: one\r\nServer: two\r\nDate: x\r\nLast-Modified: a\r\nLast-Modified: b\r\nETag: "1"\r\n',
  ),
  all: ok(
    'Server: back\r\nDate: Thu, 01 Jan 2020 00:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\nETag: "abc"\r\nExpires: Thu, 01 Jan 1970 00:00:01 GMT\r\nCache-Control: no-cache\r\nAccept-Ranges: bytes\r\nVary: *\r\nX-Powered-By: it\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\nWWW-Authenticate: Basic\r\nX-Pad: avoid\r\nContent-Encoding: identity\r\nContent-Language: de\r\nStatus: 204 No\r\nX-Runtime: 1\r\n',
  ),
  cookies: ok(
    'Set-Cookie: a=b; path=/inner/; domain=backend.test\r\nSet-Cookie: sess=1; Path=/; HttpOnly; secure\r\nSet-Cookie: c=d;Domain=.backend.test;path=/inner\r\n',
  ),
  redirect: status(
    302,
    'Location: http://backend.test/inner/x?y=1\r\nRefresh: 5; url=http://backend.test/inner/r\r\n',
  ),
  'redirect-self': status(301, 'Location: http://{{B1}}/inner/x\r\n'),
  'redirect-relative': status(303, 'Location: /inner/rel\r\n'),
  'redirect-odd': status(308, 'Location: //backend.test/inner/\r\n'),
  created: status(201, 'Location: http://backend.test/inner/new\r\n'),
  'accel-redirect': ok(
    'X-Accel-Redirect: /accel/file?a=1\r\nX-Kept: 1\r\nSet-Cookie: k=v\r\nContent-Type: text/x-accel\r\nCache-Control: private\r\n',
  ),
  'accel-file': ok(
    'X-Accel-Redirect: /static/a.txt\r\nX-Kept: 1\r\nContent-Disposition: inline\r\nExpires: 0\r\nAccept-Ranges: none\r\n',
  ),
  'accel-named': status(404, 'X-Accel-Redirect: @named\r\n'),
  'accel-bad': ok('X-Accel-Redirect: /static/../../x\r\n'),
  'accel-settings': ok(
    'X-Accel-Buffering: no\r\nX-Accel-Charset: koi8-r\r\nX-Accel-Expires: 10\r\nX-Accel-Limit-Rate: 100000\r\nContent-Type: text/plain\r\n',
  ),
  'not-modified': keep(
    'HTTP/1.1 304 Not Modified\r\nETag: "abc"\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\n\r\n',
  ),
  'no-content': keep('HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n'),
  'no-content-body': keep('HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc'),
  'reset-content': keep('HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n'),
  partial: keep(
    'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/10\r\nContent-Length: 3\r\n\r\nabc',
  ),
  unauthorized: status(401, 'WWW-Authenticate: Basic realm="back"\r\nWWW-Authenticate: Bearer\r\n'),
  forbidden: status(403),
  'not-found': status(404),
  'bad-request': status(400),
  teapot: status(418),
  'too-many': status(429, 'Retry-After: 3\r\n'),
  'internal-error': status(500),
  'bad-gateway': status(502),
  unavailable: status(503, 'Retry-After: 3\r\n'),
  'gateway-timeout': status(504),
  misdirected: status(421),
  'switch-other': keep(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: Upgrade\r\nX-A: 1\r\n\r\nHELLO',
  ),
  'switch-early': keep(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-A: 1\r\nX-A: 2\r\n\r\nEARLY',
  ),
  big: keep(`HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n`, 'b'.repeat(30000), 'c'.repeat(40000)),
  'big-chunked': keep(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7530\r\n${'b'.repeat(30000)}\r\n0\r\n\r\n`,
  ),
  ssi: ok(
    'Content-Type: text/html\r\n',
    '<!--#set var="v" value="x" --><!--#echo var="v" --><!--#include virtual="/static/a.txt" -->\n',
  ),
  'ssi-conditions': ok(
    'Content-Type: text/html\r\n',
    '<!--#if expr="$arg_a = 1" -->one<!--#elif expr="$arg_a = /(y)es/" --><!--#echo var="1" --><!--#else -->other<!--#endif -->\n',
  ),
  'ssi-includes': ok(
    'Content-Type: text/html\r\n',
    '<!--#block name="b" -->stub<!--#endblock --><!--#include virtual="/none" stub="b" --><!--#include virtual="/static/a.txt?x=$arg_a" set="v" --><!--#echo var="v" --><!--#config errmsg="wrong" --><!--#nonsense -->\n',
  ),
  gzip: ok(
    'Content-Type: text/html\r\nContent-Encoding: gzip\r\nETag: "g"\r\n',
    gzipSync('compressed body\n'.repeat(5)).toString('latin1'),
  ),
  html: ok(
    'Content-Type: text/html\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\nETag: "abc"\r\n',
    '<a href="http://backend.test/">a body of B1</a>\n'.repeat(4),
  ),
  'text-ranges': ok('Content-Type: text/plain\r\nAccept-Ranges: bytes\r\nETag: "r"\r\n', '0123456789\n'),
  cacheable: ok(
    'Cache-Control: max-age=60\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\nETag: "c"\r\nContent-Type: text/plain\r\n',
    'kept body\n',
  ),
  'cacheable-vary': ok('Cache-Control: public, max-age=60\r\nVary: X-A, Accept-Encoding\r\nX-A: 1\r\n'),
  'cacheable-cookie': ok('Cache-Control: max-age=60\r\nSet-Cookie: k=v\r\n'),
  'cacheable-stale': ok('Cache-Control: max-age=0, stale-while-revalidate=60, stale-if-error=60\r\n'),
  'not-cacheable': ok('Cache-Control: no-store\r\nExpires: Thu, 01 Jan 1970 00:00:01 GMT\r\n'),
  'cacheable-accel': ok('X-Accel-Expires: 60\r\nCache-Control: no-cache\r\n'),
};

export const answerNames = Object.keys(answers);
