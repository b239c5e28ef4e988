import type { GeneratedRequest } from './case.ts';
import { answerNames } from './answers.ts';
import type { Draw } from './draw.ts';
import { hosts, paths, queries } from './words.ts';

const handshake = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];

// Addresses are those of this machine: configurations pass requests on to what headers say.
const headers = [
  'X-A: yes',
  'X-A: two',
  'X-A: 127.10.2.3',
  'x-a: a, b',
  'X-B: b',
  'X_Under: 1',
  'X.Dot: 1',
  'X-Forwarded-For: 127.10.0.1, 127.0.0.1',
  'X-Forwarded-For: 127.10.0.2',
  'X-Forwarded-For: junk',
  'X-Real-IP: 127.9.9.9:80',
  'Cookie: c=1; sess=abc',
  'Cookie: c=2;  d="x"',
  'Referer: http://a.example.com/a/x',
  'Referer: https://evil.org/',
  'Referer: -',
  'User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows)',
  'User-Agent: curl/8',
  'Authorization: Basic dXNlcjpwYXNz',
  'Authorization: Basic dXNlcjp3cm9uZw==',
  'Authorization: Basic ???',
  'Authorization: Bearer x',
  'If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT',
  'If-Modified-Since: Wed, 01 Jan 2025 00:00:00 GMT',
  'If-Unmodified-Since: Wed, 01 Jan 2014 00:00:00 GMT',
  'If-None-Match: "5e0be100-b"',
  'If-None-Match: W/"x", "abc"',
  'If-Match: *',
  'If-Match: "none"',
  'If-Range: "x"',
  'Range: bytes=0-2',
  'Range: bytes=2-',
  'Range: bytes=-3',
  'Range: bytes=0-0,2-3',
  'Range: bytes=100-',
  'Range: bytes=5-2',
  'Range: chars=0-1',
  'Range: bytes=0-1,1-2,0-5',
  'TE: trailers',
  'Accept-Encoding: gzip',
  'Accept: */*',
  'Connection: close',
  'Connection: keep-alive',
  'Keep-Alive: 300',
  'Upgrade: h2c',
  'Expect: something',
  'Content-Type: text/x; charset=a',
  'Via: 1.1 p',
  'Origin: http://a.example.com',
  'Date: x',
  'Proxy: evil',
  'X-Empty:',
  'X-Spaces:    a b   ',
  'X-Tab:\tv\t',
  'X-High: \xe4\xff',
  'X-Colon: a:b',
  'Accept-Encoding: deflate, gzip;q=0.5',
  'Accept-Encoding: gzip;q=0',
  'Destination: /static/moved.txt',
  'Destination: http://localhost/static/sub/',
  'Overwrite: F',
  'Depth: infinity',
  'Cache-Control: no-cache',
];

const oddHeaders = [
  'X-Space : 1',
  'No colon',
  ': empty',
  'X-Fold: 1\r\n 2',
  ' X-Lead: 1',
  'X-Null: a\0b',
  'X-Bare: a\rb',
  'X-Ctl: a\x01b',
  'X@At: 1',
  'X\xe4: 1',
  'Host: second.test',
  'Content-Length: 0',
  'Transfer-Encoding: gzip',
  `X-Long: ${'l'.repeat(1500)}`,
  `X-Huge: ${'h'.repeat(9000)}`,
  'Upgrade: websocket, h2c',
  'Connection: upgrade, close',
  'Sec-WebSocket-Version: 8',
  'X-A: yes\nX-B: lf',
  'Host: a.example.com',
  'If-Modified-Since: junk',
  'Authorization: a',
];

const oddHosts = [
  '',
  'a.example.com.',
  'A.Example.COM:{{PORT}}',
  'a.example.com:80',
  'bad/host',
  'sp ace',
  '[::1]',
  '[::1]:80',
  'a..b',
  '.',
  'x:y',
  'example.org:99999',
  '\xe4.test',
  'a_b.test',
  'user@host',
];

const oddLines = [
  'GET  / HTTP/1.1',
  'GET / HTTP/1.1 ',
  'GET / HTTP/1.2',
  'GET / HTTP/2.0',
  'GET / HTTP/0.9',
  'GET / HTTP/1.',
  'GET / HTTP/1.10',
  'GET / http/1.1',
  'get / HTTP/1.1',
  'G_T / HTTP/1.1',
  'G-T / HTTP/1.1',
  'GET x HTTP/1.1',
  'GET * HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT a:80 HTTP/1.1',
  'TRACE / HTTP/1.1',
  'PRI * HTTP/2.0',
  'GET http://a.example.com HTTP/1.1',
  'GET http://b.example.com/a?x HTTP/1.1',
  'GET http://b.example.com:{{PORT}}/a/ HTTP/1.1',
  'GET http://b.example.com?x HTTP/1.1',
  'GET HTTP://UPPER.example.com/ws/ HTTP/1.1',
  'GET ftp://x/ HTTP/1.1',
  'GET http:///a HTTP/1.1',
  'GET http://[::1]/a HTTP/1.1',
  'GET http://u@b.example.com/ HTTP/1.1',
  'GET /a b HTTP/1.1',
  'GET /a\tb HTTP/1.1',
  'GET /a\x01 HTTP/1.1',
  'GET /a\0 HTTP/1.1',
  'GET /a\x7f HTTP/1.1',
  'GET /"<>\\^`{|} HTTP/1.1',
  'GET /%ff%C3 HTTP/1.1',
  'GET /a#frag?x HTTP/1.1',
  `GET /${'u'.repeat(2000)} HTTP/1.1`,
  `GET /a?${'q'.repeat(9000)} HTTP/1.1`,
  'PROPFIND / HTTP/1.1',
  'MKCOL /a/ HTTP/1.1',
  'COPY /a HTTP/1.1',
  'PUT /static/a.txt HTTP/1.1',
  'DELETE /static/a.txt HTTP/1.1',
  'SOURCE / HTTP/1.1',
  '',
  'GET',
  'GET ',
  '\x16\x03\x01',
];

const chunked = [
  '3\r\nabc\r\n0\r\n\r\n',
  '3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
  '3\r\nabc\r\n0\r\nX-T: one\r\n\r\n',
  '003\r\nabc\r\n00\r\n\r\n',
  'A\r\n0123456789\r\n0\r\n\r\n',
  'x\r\nabc\r\n0\r\n\r\n',
  '3\r\nabcd\r\n0\r\n\r\n',
  '3\nabc\n0\n\n',
  '-1\r\n\r\n',
  '0\r\n\r\n',
  '3 \r\nabc\r\n0\r\n\r\n',
  'fffffffffffffffff\r\nabc',
];

/** One request: usually a good one for a path that configurations know, sometimes an odd one. */
export function drawRequest(draw: Draw, known: readonly string[]): GeneratedRequest {
  if (draw.chance(0.04)) return oddLine(draw);
  if (draw.chance(0.02)) return { pieces: [`GET ${draw.pick(known)}\r\n`], methods: ['GET'] };
  const one = single(draw, known);
  if (draw.chance(0.06)) {
    const more = single(draw, known);
    return {
      pieces: [one.pieces.join('') + more.pieces.join('')],
      methods: [...one.methods, ...more.methods],
    };
  }
  if (draw.chance(0.06))
    return inTurn(one, ...Array.from({ length: draw.between(1, 3) }, () => single(draw, known)));
  return one;
}

function inTurn(...requests: readonly GeneratedRequest[]): GeneratedRequest {
  return {
    pieces: requests.map(({ pieces }) => pieces.join('')),
    methods: requests.flatMap(({ methods }) => methods),
    inTurn: true,
  };
}

function oddLine(draw: Draw): GeneratedRequest {
  const line = draw.pick(oddLines);
  const [method = 'GET'] = line.split(' ');
  return { pieces: [`${line}\r\nHost: ${draw.pick(hosts)}\r\n\r\n`], methods: [method] };
}

function single(draw: Draw, known: readonly string[]): GeneratedRequest {
  const path = draw.chance(0.7) ? draw.pick(known) : draw.pick(paths);
  const answer = draw.chance(0.45) ? draw.pick(answerNames) : null;
  const query = draw.pick(queries);
  const target = path + query;
  const method = draw.chance(0.75)
    ? 'GET'
    : draw.pick([
        'POST',
        'HEAD',
        'PUT',
        'OPTIONS',
        'DELETE',
        'PATCH',
        'POST',
        'HEAD',
        draw.pick(['MKCOL', 'COPY', 'MOVE', 'PROPFIND']),
      ]);
  const version = draw.chance(0.88) ? 'HTTP/1.1' : 'HTTP/1.0';
  const lines = [`${method} ${target} ${version}`];
  if (version === 'HTTP/1.1' || draw.chance(0.5)) {
    const host = draw.chance(0.9) ? draw.pick(hosts) : draw.pick(oddHosts);
    if (!draw.chance(0.02)) lines.push(`Host: ${host}`);
  }
  if (answer !== null) lines.push(`X-Answer: ${answer}`);
  if (draw.chance(0.25)) lines.push(...(draw.chance(0.8) ? handshake : draw.some(handshake, 3)));
  lines.push(...draw.some(headers, draw.below(4)));
  if (draw.chance(0.06)) lines.splice(draw.between(1, lines.length), 0, draw.pick(oddHeaders));
  let body: string[] = [];
  if (method === 'POST' || method === 'PUT' || method === 'PATCH' || draw.chance(0.03)) {
    const kind = draw.below(10);
    if (kind < 6) {
      const text = draw.pick(['', 'abc', 'a=1&b=2', 'x'.repeat(3000)]);
      lines.push(`Content-Length: ${text.length}`);
      body = draw.chance(0.2) && text.length > 1 ? [text.slice(0, 1), text.slice(1)] : [text];
    } else if (kind < 9) {
      lines.push('Transfer-Encoding: chunked');
      const text = draw.pick(chunked);
      body = draw.chance(0.2) ? [text.slice(0, 2), text.slice(2)] : [text];
    }
    if (draw.chance(0.1)) lines.push('Expect: 100-continue');
  }
  const head = `${lines.join('\r\n')}\r\n\r\n`;
  const [first = '', ...rest] = body;
  const pieces = draw.chance(0.1) && body.length > 0 ? [head, first, ...rest] : [head + first, ...rest];
  return { pieces: pieces.filter((piece) => piece !== ''), methods: [method] };
}
