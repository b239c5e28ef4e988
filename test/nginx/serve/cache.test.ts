import { get, sameAnswers, server } from './same-answers.ts';

const page = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('');
const large = page.repeat(400);
const date = 'Wed, 01 Jan 2020 00:00:00 GMT';

/** A request and what comes of the same one when it is sent again. */
const twice = (name: string, raw: string): [string, string][] => [
  [name, raw],
  [`${name}, again`, raw],
];

// What is kept by one request is found by those after it: their order matters.
sameAnswers(
  'answers are kept and found alike',
  {
    ...server(
      `
      add_header X-Cache $upstream_cache_status;
      proxy_cache zone;
      location /origin/ { proxy_cache off; alias html/; add_header Expires $expires; add_header Vary $arg_vary;
        add_header Cache-Control $arg_cc; add_header Set-Cookie $arg_cookie; add_header X-Accel-Expires $arg_x; }
      location /plain/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; }
      location /valid/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid 1m; proxy_cache_valid 404 1m; }
      location /any/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid any 1m; proxy_cache_key $uri$is_args$args; }
      location /ignoring/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid 1m;
        proxy_ignore_headers Cache-Control Expires; proxy_ignore_headers Set-Cookie Vary; }
      location /bypassing/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid 1m; proxy_cache_bypass $arg_b; proxy_no_cache $arg_n; }
      location /third/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid 1m; proxy_cache_min_uses 3; }
      location /head/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid 1m; proxy_cache_convert_head off; proxy_cache_key $request_method$uri; }
      location /unbuffered/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid 1m; proxy_buffering off; }
      location /intercepting/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid any 1m; proxy_intercept_errors on; error_page 404 /sorry; }
      location = /sorry { proxy_cache off; return 200 sorry; }
      location /dead/ { proxy_pass http://127.0.0.1:1; proxy_cache_valid any 1m; }
      location /far/ { proxy_pass http://127.0.0.1:{{PORT}}/origin/; proxy_cache_valid 1m; proxy_cache_max_range_offset 100; }
      location /posts/ { proxy_pass http://{{BACKEND}}; proxy_cache_methods POST; proxy_cache_valid any 1m; proxy_ignore_headers Set-Cookie; proxy_set_header Host x; }
      location /asked/ { proxy_pass http://{{BACKEND}}; proxy_cache_valid any 1m; proxy_set_header Host x; }
      location /small/ { proxy_pass http://{{BACKEND}}; proxy_buffer_size 1k; proxy_cache_key $uri$request_uri$request_uri$request_uri; proxy_set_header Host x; }
      location /named { proxy_pass http://{{BACKEND}}; proxy_cache $arg_zone; proxy_set_header Host x; }
      `,
      'map $arg_e $expires { later "Thu, 31 Dec 2037 23:55:55 GMT"; past "Thu, 01 Jan 1970 00:00:01 GMT"; }\nproxy_cache_path cache levels=1:2 keys_zone=zone:1m; proxy_temp_path temp;',
    ),
    'html/a.txt': page,
    'html/large.txt': large,
    'html/empty.txt': '',
  },
  Object.fromEntries([
    ...twice('nothing says how long', get('/plain/a.txt')),
    ...twice('Expires', get('/plain/a.txt?e=later')),
    ...twice('Expires in the past', get('/plain/a.txt?e=past')),
    ...twice('Cache-Control', get('/plain/a.txt?cc=max-age=60')),
    ...twice('Cache-Control private', get('/valid/a.txt?cc=private')),
    ...twice('X-Accel-Expires', get('/plain/a.txt?x=60')),
    ...twice('X-Accel-Expires 0', get('/valid/a.txt?x=0')),
    ...twice('Set-Cookie', get('/valid/a.txt?cookie=a')),
    ...twice('Vary', get('/valid/a.txt?vary=X-A', 'X-A: 1\r\n')),
    ...twice('another variant', get('/valid/a.txt?vary=X-A', 'X-A: 2\r\n')),
    ['the first variant once more', get('/valid/a.txt?vary=X-A', 'X-A: 1\r\n')],
    ...twice('Vary *', get('/valid/a.txt?vary=*')),
    ...twice('headers that are ignored', get('/ignoring/a.txt?cc=no-store&cookie=a&vary=*&e=past')),
    ...twice('proxy_cache_valid', get('/valid/a.txt')),
    ['a condition on the date', get('/valid/a.txt', `If-Modified-Since: ${date}\r\n`)],
    ['a range', get('/valid/a.txt', 'Range: bytes=3-6\r\n')],
    ['a range that cannot be met', get('/valid/a.txt', 'Range: bytes=9999-\r\n')],
    ['a precondition that fails', get('/valid/a.txt', 'If-Match: "x"\r\n')],
    ['HEAD of what is kept', get('/valid/a.txt').replace('GET', 'HEAD')],
    ...twice('a large answer', get('/valid/large.txt')),
    ['a range of a large answer', get('/valid/large.txt', 'Range: bytes=50000-50009\r\n')],
    ...twice('a range of what is not kept yet', get('/any/large.txt', 'Range: bytes=5-9\r\n')),
    ['a condition on what is not kept yet', get('/any/a.txt', `If-Modified-Since: ${date}\r\n`)],
    ['what a condition made be kept', get('/any/a.txt')],
    ...twice('a precondition that fails on what is not kept yet', get('/any/a.txt?412', 'If-Match: "x"\r\n')),
    ...twice('an empty answer', get('/valid/empty.txt')),
    ...twice('HEAD first', get('/valid/a.txt?head').replace('GET', 'HEAD')),
    ['GET after HEAD', get('/valid/a.txt?head')],
    ...twice('404', get('/valid/none')),
    ...twice('404 that is intercepted', get('/intercepting/none')),
    ...twice('a dead upstream', get('/dead/')),
    ['kept before it is bypassed', get('/bypassing/a.txt')],
    ['bypassed', get('/bypassing/a.txt?b=1')],
    ['not kept', get('/bypassing/a.txt?n=1')],
    ['bypassed for 0', get('/bypassing/a.txt?b=0')],
    ...twice('asked for the first time and the second', get('/third/a.txt')),
    ...twice('asked for the third time and the fourth', get('/third/a.txt')),
    ...twice('HEAD as it is', get('/head/a.txt').replace('GET', 'HEAD')),
    ...twice('GET beside it', get('/head/a.txt')),
    ...twice('without buffering', get('/unbuffered/a.txt')),
    ...twice('a range that begins far behind', get('/far/a.txt', 'Range: bytes=150-159\r\n')),
    ...twice('a range at the end', get('/far/a.txt', 'Range: bytes=-5\r\n')),
    ...twice('a range that begins soon', get('/far/a.txt', 'Range: bytes=50-59\r\n')),
    ...twice('POST', 'POST /posts/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx'),
    [
      'what the upstream is asked',
      get(
        '/asked/',
        `If-Modified-Since: ${date}\r\nIf-None-Match: "x"\r\nRange: bytes=0-1\r\nIf-Range: "x"\r\n`,
      ),
    ],
    ['a key that is too long', get(`/small/${'x'.repeat(200)}`)],
    ['a zone that is not there', get('/named?zone=other')],
    ['no zone', get('/named?zone=')],
  ]),
);
