import { afterEach, describe, expect, test } from 'vitest';
import { Serving } from '../support/serving.ts';

let serving: Serving | null = null;
afterEach(async () => {
  await serving?.close();
  serving = null;
});

/** The access log's lines for what `raw` brought about, with `format`, and the messages of the error log at `warn` and above. */
async function logged(format: string, server: string, raw: string) {
  serving = await Serving.start(
    `log_format test '${format}'; access_log {{DIR}}/access.log test;
     server { listen 127.0.0.1:{{PORT}}; ${server} }`,
    {},
    '1.22.1',
  );
  const client = serving.connect().send(raw);
  client.socket.end();
  const answer = await client.readAll();
  await expect.poll(() => serving!.accessLog()).not.toBe('');
  const errors = [...serving.errorLog().matchAll(/\[(?:warn|error|crit)\] \S+ (?:\*\d+ )?(.*)/g)].map(
    ([, text]) => text,
  );
  return { answer, lines: serving.accessLog().split('\n').slice(0, -1), errors };
}

const get = (target: string, ...headers: readonly string[]): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

describe('what the logs say of a request', () => {
  test('captures without a match have no value; what only "set" makes is empty, with a warning that says when', async () => {
    const { lines, errors } = await logged(
      '[$one][$two]',
      'location ~ (?<one>x) { set $two y; } location / { return 204; }',
      get('/'),
    );
    expect(lines).toEqual(['[-][]']);
    expect(errors).toEqual([
      'using uninitialized "two" variable while logging request, client: 127.0.0.1, server: , request: "GET / HTTP/1.1", host: "a"',
    ]);
  });

  test('the name of the server is $server_name', async () => {
    const { errors } = await logged('x', 'server_name .example.org; deny all;', get('/'));
    expect(errors).toEqual([
      'access forbidden by rule, client: 127.0.0.1, server: example.org, request: "GET / HTTP/1.1", host: "a"',
    ]);
  });

  test('values that were asked for before they existed stay as they were', async () => {
    const { lines } = await logged(
      '[$sent_http_cache_control][$request_completion][$sent_http_connection]',
      'location / { expires 1h; return 200 "$sent_http_cache_control$request_completion"; }',
      get('/'),
    );
    expect(lines).toEqual(['[-][][close]']);
  });

  test('a request line that is wrong counts nothing and tells nothing', async () => {
    const { lines } = await logged(
      '$request_length [$request_method][$request_uri][$server_protocol]',
      '',
      'GET / b c\r\n\r\n',
    );
    expect(lines).toEqual(['0 [-][-][-]']);
  });

  test('a header line that is wrong does not count', async () => {
    const line = 'GET / HTTP/1.1\r\n';
    const { lines } = await logged('$request_length', '', `${line}Host: a\r\nX : 1\r\nX-More: 1\r\n\r\n`);
    expect(lines).toEqual([String(line.length + 'Host: a\r\n'.length)]);
  });

  test('a body that is thrown away does not count, "100 Continue" does', async () => {
    const raw = get('/', 'Content-Length: 3', 'Expect: 100-continue');
    const { lines } = await logged(
      '$request_length $body_bytes_sent',
      'location / { return 200 x; }',
      `${raw}abc`,
    );
    expect(lines).toEqual([`${raw.length} ${'HTTP/1.1 100 Continue\r\n\r\nx'.length}`]);
  });

  test('a redirect is logged as it was sent', async () => {
    const { lines, answer } = await logged('$sent_http_location', 'location / { return 302 /x; }', get('/'));
    expect(answer).toContain(`Location: ${lines[0]}\r\n`);
  });

  test('a failed precondition ends the connection', async () => {
    const { lines } = await logged(
      '$status [$request_completion]',
      'location / { return 200 x; }',
      get('/', 'If-Match: "a"') + get('/'),
    );
    expect(lines).toEqual(['412 []']);
  });
});

test('a refused request line has no URI for a named location, and the message says what was being read', async () => {
  const { answer, errors } = await logged(
    '$status',
    'error_page 400 @named; location @named { return 200 named; }',
    'GET / http/1.1\r\nHost: a\r\n\r\n',
  );
  expect(answer).not.toContain('named');
  expect(errors).toEqual([
    expect.stringMatching(
      /^empty URI in redirect to named location "@named" while reading client request line, client: /,
    ),
  ]);
});

test('$limit_rate says the limit of the location once the answer has begun', async () => {
  const { lines } = await logged('$limit_rate', 'location / { limit_rate 100k; return 200 x; }', get('/'));
  expect(lines).toEqual(['102400']);
});
