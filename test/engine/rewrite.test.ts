import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from './truth/serve.ts';

describe('rewrite', () => {
  const run = serve(`
    location /last { rewrite ^/last/(.*)$ /to/$1 last; }
    location /to/ { return 200 "to $uri $args"; }
    location /args { rewrite ^/args/(.*)$ /to/?p=$1 last; }
    location /drop { rewrite ^/drop/(.*)$ /to/$1? last; }
    location /permanent { rewrite ^/permanent/(.*)$ /to/$1 permanent; }
    location /absolute { rewrite ^ http://other.test/x; }
    location /argument { rewrite ^ $arg_r? redirect; }
    location /loop { rewrite ^ /loop last; }
    location /break { rewrite ^ /inside break; return 200 never; proxy_pass http://{{B1}}; }
  `);

  test.each([
    ['/last/a?x=1', 'to /to/a x=1'],
    ['/args/a?x=1', 'to /to/ p=a&x=1'],
    ['/drop/a?x=1', 'to /to/a '],
  ])('%s', (target, expected) => {
    expect(run(get(target)).body).toBe(expected);
  });

  test('redirects keep arguments', () => {
    const { status, head } = run(get('/permanent/a?x=1'));
    expect(status).toBe(301);
    expect(headerOf(head, 'Location')).toBe('http://localhost:23080/to/a?x=1');
    expect(headerOf(run(get('/absolute')).head, 'Location')).toBe('http://other.test/x');
  });

  test('redirects keep what follows an encoded question mark', () => {
    const { head } = run(get('/argument?r=http%3A%2F%2Fother.test%2F%3Ffrom%3Dblah'));
    expect(headerOf(head, 'Location')).toBe('http://other.test/?from%3Dblah');
  });

  test('ends a loop with 500', () => {
    expect(run(get('/loop')).status).toBe(500);
  });

  test('break goes on in the location with the new path', () => {
    expect(run(get('/break?x')).upstream[0]!.head).toMatch(/^GET \/inside\?x HTTP/);
  });
});

describe('if', () => {
  const run = serve(
    `
    set $a "";
    if ($arg_e = yes) { set $a equal; }
    if ($arg_n != yes) { set $a "$a-not"; }
    if ($http_user_agent ~* BOT) { set $a "$a-match"; }
    if (-f $document_root/file.txt) { set $a "$a-file"; }
    if (!-d $document_root/none) { set $a "$a-nodir"; }
    root /truth/html;
    location / { return 200 $a; }
    location /zero { if ($arg_v) { return 200 true; } return 200 false; }
  `,
    { files: { 'html/file.txt': 'x' } },
  );

  test('tests values and files', () => {
    expect(run(get('/?e=yes&n=no', 'User-Agent: a bot')).body).toBe('equal-not-match-file-nodir');
    expect(run(get('/?e=Yes&n=yes')).body).toBe('-file-nodir');
  });

  test('0 and the empty value are false', () => {
    expect(run(get('/zero?v=0')).body).toBe('false');
    expect(run(get('/zero?v=00')).body).toBe('true');
  });
});

describe('error_page', () => {
  const run = serve(`
    recursive_error_pages on;
    location /plain { return 404; error_page 404 /page; }
    location /code { return 404; error_page 404 =200 /page; }
    location /own { return 404; error_page 404 = /page; }
    location /named { return 404; error_page 404 @named; }
    location /away { return 404; error_page 404 http://other.test/; }
    location /moved { return 404; error_page 404 =301 http://other.test/; }
    location = /page { return 200 "page $request_method"; }
    location @named { return 200 "named $uri"; }
    location /none { return 418; }
    location /close { return 444; }
    location /secret { internal; return 200; }
  `);

  test.each([
    ['/plain', 404, 'page GET'],
    ['/code', 200, 'page GET'],
    ['/own', 200, 'page GET'],
    ['/named', 404, 'named /named'],
  ])('%s gives %i', (target, status, body) => {
    expect(run(get(target))).toMatchObject({ status, body });
  });

  test('sends elsewhere', () => {
    expect(run(get('/away'))).toMatchObject({ status: 302 });
    expect(run(get('/moved'))).toMatchObject({ status: 301 });
    expect(headerOf(run(get('/moved')).head, 'Location')).toBe('http://other.test/');
  });

  test('codes without a page have an empty body, 444 closes, internal locations are not found', () => {
    expect(headerOf(run(get('/none')).head, 'Content-Length')).toBe('0');
    expect(run(get('/close'))).toMatchObject({ status: 'none', closed: true });
    expect(run(get('/secret')).status).toBe(404);
  });
});
