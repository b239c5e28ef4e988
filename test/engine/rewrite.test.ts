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

describe('found by comparing with nginx', () => {
  test('$status in the text of "return" is the status being sent', () => {
    const run = serve('location / { return 202 "$status"; }');
    expect(run(get('/'))).toMatchObject({ status: 202, body: '202' });
  });

  test('a redirect to nowhere has a Location without a value', () => {
    const run = serve('location / { return 302 $arg_to; }');
    expect(headerOf(run(get('/')).head, 'Location')).toBe('');
  });

  test('captures that did not match have no value, and variables of "set" an empty one', () => {
    const run = serve(
      'map $capture$made $both { default "$capture|$made"; } server { listen 127.0.0.1:{{PORT}};' +
        'location ~ (?<capture>x) { set $made y; } location / { return 200 "[$both]"; } }',
    );
    expect(run(get('/')).body).toBe('[|]');
  });

  test('files that "if" looks for are relative to where the process was started', () => {
    const run = serve('location / { if (-f nginx.conf) { return 403; } return 200; }');
    expect(run(get('/')).status).toBe(200);
  });

  test('of content handlers only proxying goes on into "limit_except"', () => {
    const run = serve(`
      location /gif { empty_gif; limit_except POST { allow all; } }
      location /proxy { proxy_pass http://{{B1}}; limit_except POST { allow all; } }
    `);
    expect(run(get('/gif')).status).toBe(404);
    expect(run(get('/proxy'))).toMatchObject({ status: 200, body: 'B1 200\n' });
  });

  test('$sent_http_location shows the whole target, $proxy_host is forgotten by internal redirects', () => {
    const run = serve(
      `
      location /away { proxy_pass http://{{B1}}/; proxy_intercept_errors on; error_page 403 /here; }
      location /here { return 200 "[$proxy_host]"; }
    `,
      { backends: { B1: 'status-403' } },
    );
    expect(run(get('/away')).body).toBe('[]');
  });
});
