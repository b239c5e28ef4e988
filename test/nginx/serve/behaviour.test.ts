import { get, handshake, sameAnswers, server } from './same-answers.ts';

sameAnswers(
  'requests that are no good get the same answers',
  server('location / { return 200 "$request_method $uri $args\\n"; }'),
  {
    'no Host': 'GET / HTTP/1.1\r\n\r\n',
    'two Hosts': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'a bad Host': 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n',
    'a bad method': 'ge!t / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a bad version': 'GET / HTTP/1.x\r\nHost: a\r\n\r\n',
    'a version of the future': 'GET / HTTP/2.0\r\nHost: a\r\n\r\n',
    'HTTP/0.9': 'GET /\r\n',
    'lines that end in LF': 'GET /x HTTP/1.1\nHost: a\n\n',
    'empty lines in front': '\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n',
    'the absolute form': 'GET http://localhost/x?y HTTP/1.1\r\nHost: other\r\n\r\n',
    'dot segments and double slashes': get('/a//b/../c/./d'),
    'dot segments above the root': get('/../x'),
    escapes: get('/%61%2f%3fb?c=%20'),
    'a bad escape': get('/%zz'),
    'a null byte': get('/%00'),
    'a space before the colon': 'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
    'a long request line': get(`/${'x'.repeat(9000)}`),
    'a long header': get('/', `X: ${'y'.repeat(9000)}\r\n`),
    'a bad Content-Length': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    'Content-Length and chunked':
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'an unknown Transfer-Encoding': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n',
    TRACE: 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n',
    CONNECT: 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n',
    'pipelined requests': get('/1') + get('/2', 'Connection: close\r\n'),
  },
);

sameAnswers(
  'locations, rewrites and redirects choose alike',
  server(`
    location = /exact { return 200 "exact\\n"; }
    location ^~ /static/ { return 200 "static $uri\\n"; }
    location ~ \\.php$ { return 200 "regex\\n"; }
    location ~* ^/case/(?<rest>.*)$ { return 200 "case $rest $1\\n"; }
    location /prefix { return 200 "prefix\\n"; location /prefix/inner { return 200 "inner\\n"; } }
    location /slash/ { proxy_pass http://{{BACKEND}}; }
    location /old { rewrite ^/old/(.*)$ /new/$1?x=1 permanent; rewrite ^/old$ /prefix last; }
    location /loop { rewrite ^ /loop last; }
    location /if { set $a no; if ($arg_x = yes) { set $a yes; } if ($request_method = POST) { return 405; } return 200 "$a\\n"; }
    location /moved { return 301 /elsewhere; }
    location /teapot { return 418 "short\\n"; }
    location /gone { return 410; }
    location /closed { return 444; }
    error_page 404 /missing.html; location = /missing.html { internal; return 200 "missing $uri\\n"; }
    error_page 410 =200 @gone; location @gone { return 200 "gone\\n"; }
    location /none { return 404; }
  `),
  {
    'an exact one': get('/exact'),
    'a prefix that wins over a regex': get('/static/x.php'),
    'a regex': get('/prefix/x.php'),
    'a caseless regex with captures': get('/CASE/Abc'),
    'a nested one': get('/prefix/inner/x'),
    'the slash redirect': get('/slash?a=b'),
    'a permanent rewrite': get('/old/a%20b?y=2'),
    'a rewrite within': get('/old'),
    'the loop limit': get('/loop'),
    'an if that applies': get('/if?x=yes'),
    'an if with a method': 'POST /if HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n',
    'a relative redirect': get('/moved'),
    'an unknown status': get('/teapot'),
    'a named error page': get('/gone'),
    'an error page': get('/none'),
    'an internal location from outside': get('/missing.html'),
    'no answer': get('/closed'),
    HEAD: 'HEAD /exact HTTP/1.1\r\nHost: localhost\r\n\r\n',
  },
);

sameAnswers(
  'files are answered alike',
  {
    ...server(`
      root html;
      location / { index index.html; }
      location /list/ { autoindex on; }
      location /alias/ { alias html/sub/; }
      location /try/ { try_files $uri $uri/ /index.html; }
      location /expires/ { alias html/; expires 1h; add_header X-A b always; }
    `),
    'html/index.html': 'index\n',
    'html/sub/a.txt': 'abcdefghij\n',
    'html/list/one.txt': '1\n',
    'html/list/two words.txt': '22\n',
  },
  {
    'an index': get('/'),
    'a file': get('/sub/a.txt'),
    'a folder without its slash': get('/sub'),
    'a folder without an index': get('/sub/'),
    'a missing file': get('/nothing'),
    'a listing': get('/list/'),
    'an alias': get('/alias/a.txt'),
    try_files: get('/try/nothing'),
    'a range': get('/sub/a.txt', 'Range: bytes=2-4\r\n'),
    'two ranges that cannot be': get('/sub/a.txt', 'Range: bytes=50-60\r\n'),
    'not modified': get('/sub/a.txt', 'If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT\r\n'),
    'an etag that matches': get('/sub/a.txt', 'If-None-Match: "5e0be100-b"\r\n'),
    'a POST to a file': 'POST /sub/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n',
    'added headers on an error': get('/expires/nothing'),
  },
);

sameAnswers(
  'requests reach the upstream alike',
  server(
    `
    location /plain/ { proxy_pass http://{{BACKEND}}; }
    location /uri/ { proxy_pass http://{{BACKEND}}/inner/; }
    location ~ ^/re/(.*)$ { proxy_pass http://{{BACKEND}}/$1$is_args$args; }
    location /var/ { set $b {{BACKEND}}; proxy_pass http://$b; }
    location /headers/ { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header Accept-Encoding ""; proxy_set_header Connection ""; }
    location /ws/ { proxy_pass http://up/; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }
    location /redirect/ { proxy_pass http://{{BACKEND}}/status/302/; proxy_redirect http://backend/inner/ /outer/; proxy_cookie_path /inner/ /outer/; }
    location /hide/ { proxy_pass http://{{BACKEND}}/; proxy_hide_header X-Backend; add_header X-Added yes; }
    location /intercept/ { proxy_pass http://{{BACKEND}}/status/404/; proxy_intercept_errors on; error_page 404 = /plain/instead; }
    location /method/ { proxy_pass http://{{BACKEND}}/; proxy_method PUT; proxy_pass_request_headers off; }
    location /body/ { proxy_pass http://{{BACKEND}}/; proxy_set_body "fixed"; }
    location /auth/ { auth_request /allow; proxy_pass http://{{BACKEND}}/; }
    location /deny/ { auth_request /refuse; proxy_pass http://{{BACKEND}}/; }
    location = /allow { internal; proxy_pass http://{{BACKEND}}/status/200/; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
    location = /refuse { internal; proxy_pass http://{{BACKEND}}/status/401/; }
    `,
    'upstream up { server {{BACKEND}}; keepalive 4; }\nmap $http_upgrade $connection_upgrade { default upgrade; "" close; }',
  ),
  {
    'without a URI': get('/plain/a%2Fb/../c?x=1', 'X-A: 1\r\nTE: trailers\r\n'),
    'with a URI': get('/uri/a%2Fb//c?x=1'),
    'with captures': get('/re/some/thing?x=1'),
    'with a variable': get('/var/a%20b'),
    'with headers': get('/headers/', 'X-Forwarded-For: 10.0.0.1\r\nAccept-Encoding: gzip\r\n'),
    'a handshake': handshake('/ws/room?id=1'),
    'a plain request beside it': get('/ws/room'),
    'a redirect rewritten': get('/redirect/'),
    'headers hidden and added': get('/hide/'),
    'an error intercepted': get('/intercept/'),
    'another method': get('/method/', 'X-A: 1\r\n'),
    'another body': 'POST /body/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc',
    'a chunked body':
      'POST /plain/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'a body announced with Expect':
      'POST /plain/ HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
    'access allowed by a subrequest': get('/auth/x'),
    'access denied by a subrequest': get('/deny/x'),
    HEAD: 'HEAD /plain/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'a client of HTTP/1.0': 'GET /plain/ HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n',
  },
);

sameAnswers(
  'variables, maps and access rules decide alike',
  server(
    `
    location /vars { return 200 "$host|$http_x_a|$arg_b|$cookie_c|$scheme|$request_uri|$uri|$is_args$args|$server_name|$content_length|$request_length\\n"; }
    location /map { return 200 "$mapped $wild $near $variant\\n"; }
    location /closed/ { deny all; return 200; }
    location /open/ { allow 127.0.0.0/8; deny all; alias html/; }
    location /basic/ { auth_basic "members"; auth_basic_user_file passwords; alias html/; }
    location /any/ { satisfy any; deny all; auth_basic "members"; auth_basic_user_file passwords; alias html/; }
    location /limit { limit_except GET { deny all; } alias html/index.html; }
    `,
    `map $http_x_a $mapped { default none; a A; ~^b(.+)$ "B$1"; }
     map $host $wild { hostnames; default other; *.example.com sub; .example.org dot; www.example.* any; }
     geo $near { default far; 127.0.0.0/8 near; }
     split_clients "$http_x_a" $variant { 50% one; * two; }`,
  ),
  Object.fromEntries([
    ['variables', get('/vars?b=1&B=2', 'X-A: v\r\nCookie: x=1; c=2\r\n')],
    ['a map by word', get('/map', 'X-A: A\r\n')],
    ['a map by regex', get('/map', 'X-A: banana\r\n')],
    ...['a.example.com', 'example.org', 'x.example.org', 'www.example.net', 'none'].map(
      (host): [string, string] => [
        `a map of host names: ${host}`,
        `GET /map HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      ],
    ),
    ['access denied', get('/closed/')],
    ['no credentials', get('/basic/')],
    ['wrong credentials', get('/basic/', 'Authorization: Basic dTp3cm9uZw==\r\n')],
    ['limit_except', 'POST /limit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n'],
  ]),
);

sameAnswers(
  'browsers are modern or ancient alike',
  server(`
    modern_browser gecko 1.5; modern_browser Safari 419.3; modern_browser konqueror 3.4; modern_browser opera 9.1;
    location / { return 200 "$modern_browser|$ancient_browser|$msie\\n"; }
    location /unlisted {
      modern_browser msie 5.5; modern_browser unlisted; ancient_browser Links netscape4;
      location /unlisted/in { modern_browser_value new; ancient_browser_value ""; return 200 "$modern_browser|$ancient_browser\\n"; }
    }
  `),
  Object.fromEntries(
    [
      'Mozilla/5.0 (X11; U; Linux i686; en-US; rv:1.0.0) Gecko/20020610',
      'Mozilla/5.0 (Windows; U; rv:1.7.8) Gecko/20050511 Firefox/1.0.4',
      'Mozilla/5.0 (Macintosh) AppleWebKit/418.8 (KHTML, like Gecko) Safari/419.3',
      'Mozilla/5.0 (Macintosh) AppleWebKit/418 (KHTML, like Gecko) Safari/417.9.3',
      'Mozilla/5.0 (compatible; Konqueror/3.4; Linux)',
      'Mozilla/5.0 (compatible; Konqueror/',
      'Mozilla/4.0 (compatible; MSIE 5.5; Windows NT 5.1)',
      'Mozilla/4.0 (compatible; MSIE 6.0; X11) Opera 7.50 [en]',
      'Opera/9.01 (X11)',
      'Opera/9.0.99 (X11)',
      'Opera',
      'Mozilla/4.72 [en] (X11)',
      'Mozilla/4.72 ',
      'Links (2.1)',
      'Lynx',
      '',
    ]
      .map((agent) => `User-Agent: ${agent}\r\n`)
      .concat('', 'User-Agent: Links\r\nUser-Agent: Opera/9.2 x\r\n')
      .flatMap((header) =>
        ['/', '/unlisted/in'].map((path): [string, string] => [
          `${path} ${JSON.stringify(header)}`,
          get(path, header),
        ]),
      ),
  ),
);
