import { get, handshake, sameAnswers, server } from './same-answers.ts';

const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const head = (path: string): string => `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** What is the same for every protocol that programs are reached by; `X` stands for its name. */
const program = `
  X_param ANSWER $arg_a; X_param CONTENT_LENGTH $content_length if_not_empty; X_param QUERY $args;
  location / { X_pass {{BACKEND}}; }
  location /inner { internal; return 200 "inner $sent_http_x_gone\\n"; }
  location /params { X_pass {{BACKEND}}; X_param A ""; X_param B "" if_not_empty; X_param C $uri; X_param HTTP_X_OWN $uri; X_param HTTP_X_GONE ""; }
  location /bare { X_pass {{BACKEND}}; X_pass_request_headers off; X_pass_request_body off; X_param ANSWER plain; }
  location /streaming { X_pass {{BACKEND}}; X_request_buffering off; }
  location /unbuffered { X_pass {{BACKEND}}; X_buffering off; }
  location /headers { X_pass {{BACKEND}}; X_hide_header X-Backend; X_pass_header Server; X_pass_header Status; X_pass_header X-Accel-Expires; }
  location /ignoring { X_pass {{BACKEND}}; X_ignore_headers X-Accel-Redirect X-Accel-Charset; }
  location /intercepting { X_pass {{BACKEND}}; X_intercept_errors on; error_page 404 503 =200 /page; }
  location = /page { return 200 "page $upstream_status\\n"; }
  location /ranges { X_pass {{BACKEND}}; X_force_ranges on; }
  location /next { X_pass next; X_next_upstream error http_404; add_header X-Tried "$upstream_status" always; }
  location /invalid { X_pass next; X_next_upstream invalid_header; add_header X-Tried "$upstream_status" always; }
  location /named { X_pass $arg_to; }
  location /named/ { X_pass $arg_to; }
  location /slash/ { X_pass {{BACKEND}}; }
  location /kept { X_pass {{BACKEND}}; X_cache zone; X_cache_key $uri$args; X_cache_valid any 1m; X_cache_methods POST;
    add_header X-Cache $upstream_cache_status always; }
  location /scheme { X_pass {{BACKEND}}; add_header X-Proxy "[$proxy_host][$proxy_port]"; }
  location /limited { limit_except GET { deny all; } X_pass {{BACKEND}}; }
  location /guarded { auth_request /allowed; auth_request_set $who $upstream_http_x_backend; add_header X-Who $who; X_pass {{BACKEND}}; }
  location = /allowed { internal; X_pass {{BACKEND}}; X_pass_request_body off; X_param ANSWER $arg_auth; }
  location /try { try_files $uri @app; }
  location @app { X_pass {{BACKEND}}; }
  location /parts/ { ssi on; alias html/; }
  location /after { X_pass {{BACKEND}}; add_after_body /?a=exact; addition_types *; }
  location /busy { X_pass next; X_next_upstream http_503 non_idempotent; add_header X-Tried "$upstream_status" always; }
  location /idle { X_pass next; X_next_upstream http_503; add_header X-Tried "$upstream_status" always; }
  location /gzip { X_pass {{BACKEND}}; gzip on; gzip_min_length 1; gunzip on; sub_filter hello bye; sub_filter_types *; }
  location /stored/ { X_pass {{BACKEND}}; X_store on; }
  location /found/ { alias html/stored/; etag off; add_header Last-Modified ""; }
  location /if { if ($arg_a = status) { X_pass {{BACKEND}}; } return 200 other; }
`;
const http = `
  X_cache_path cache keys_zone=zone:1m; X_temp_path temp;
  upstream next { server {{BACKEND}}; server {{BACKEND}} backup; }
`;

/** A request and what comes of the same one when it is sent again. */
const twice = (path: string): [string, string][] => [
  [path, get(path)],
  [`${path}, again`, get(path)],
];

const answers = ['plain', 'status', 'number', 'line', 'location', 'length', 'exact', 'short', 'cookies'];
const others = ['invalid', 'unfinished', 'accel', 'buffering', 'nothing', 'unchanged'];

const requests = Object.fromEntries([
  ...[...answers, ...others].map((answer) => [answer, get(`/?a=${answer}`)] as const),
  ...['plain', 'length', 'short', 'line'].map((answer) => [`HEAD ${answer}`, head(`/?a=${answer}`)] as const),
  ...['exact', 'length', 'short', 'location'].map(
    (answer) => [`unbuffered ${answer}`, get(`/unbuffered?a=${answer}`)] as const,
  ),
  ...['exact', 'length', 'short', 'status', 'cookies', 'buffering'].flatMap((answer) =>
    twice(`/kept?a=${answer}`),
  ),
  ['HEAD, to be kept', head('/kept/head?a=exact')],
  ['GET after it', get('/kept/head?a=exact')],
  ['a range of what is kept', get('/kept?a=exact', 'Range: bytes=1-2\r\n')],
  ['a condition on what is kept', get('/kept?a=exact', 'If-None-Match: "e"\r\n')],
  ['parameters', get('/params', 'X-Own: no\r\nX-Gone: no\r\nX-Other: yes\r\nCookie: a=b\r\nx_under: no\r\n')],
  ['bare', post('/bare', 'body')],
  ['a body', post('/?a=plain', 'body')],
  ['an empty body', post('/?a=plain', '')],
  ['a chunked body', chunked('/?a=plain', 'body')],
  ['a body that is passed on as it comes', post('/streaming?a=plain', 'body')],
  ['a header hidden, others passed', get('/headers?a=plain')],
  ['the status as a header', get('/headers?a=status')],
  ['X-Accel-Expires as a header', get('/headers?a=buffering')],
  ['X-Accel-Redirect ignored', get('/ignoring?a=accel')],
  ['X-Accel-Charset ignored', get('/ignoring?a=buffering')],
  ['404 intercepted', get('/intercepting?a=status')],
  ['503 intercepted', get('/intercepting?a=number')],
  ['201 not intercepted', get('/intercepting?a=line')],
  ['a range', get('/ranges?a=exact', 'Range: bytes=1-2\r\n')],
  ['a condition', get('/?a=exact', 'If-None-Match: "e"\r\n')],
  ['the next server after 404', get('/next?a=status')],
  ['the next server after 503, not asked for', get('/next?a=number')],
  ['the next server after an invalid head', get('/invalid?a=invalid')],
  ['an address from variables', get('/named?to={{BACKEND}}')],
  ['an address without a port', get('/named?to=127.0.0.1')],
  ['no address', get('/named')],
  ['a bad port', get('/named?to=127.0.0.1:x')],
  ['the name without its slash', get('/slash')],
  ['a handshake', handshake('/?a=upgrade')],
  ['no proxy_host', get('/scheme?a=plain')],
  ['a method that is not let in', post('/limited?a=plain', '')],
  ['a request that a program lets through', post('/guarded?a=plain&auth=plain', 'body')],
  ['one that it does not', get('/guarded?a=plain&auth=number')],
  ['a program behind try_files', get('/try?a=plain')],
  ['pages made of answers', get('/parts/page.html')],
  ['an answer behind another', get('/after?a=plain')],
  ['the next server for POST', post('/busy?a=number', 'body')],
  ['no next server for POST', post('/idle?a=number', 'body')],
  ['the next server for GET', get('/idle?a=number')],
  ['an answer that filters change', get('/gzip?a=plain')],
  ['an answer that is stored', get('/stored/a.txt?a=exact')],
  ['and found as a file', get('/found/a.txt')],
  ['a location within if', get('/if?a=status')],
  ['outside of it', get('/if?a=plain')],
] as [string, string][]);

const own: Readonly<Record<string, string>> = {
  fastcgi:
    'location /own { fastcgi_pass {{BACKEND}}; fastcgi_index index.php; fastcgi_param SCRIPT $fastcgi_script_name; }',
  uwsgi: `location /own { uwsgi_pass uwsgi://{{BACKEND}}; uwsgi_modifier1 5; uwsgi_modifier2 200; uwsgi_string "the end"; }
    location /prefixed { uwsgi_pass uWSGI://$arg_to; }`,
  scgi: 'location /own { scgi_pass {{BACKEND}}; scgi_param CONTENT_LENGTH ""; scgi_param SCGI 1; }',
};

for (const [protocol, more] of Object.entries(own)) {
  const written = server(program + more, http);
  const files = Object.entries(written).map(([name, text]) => [
    name,
    text.replaceAll(/\bX_/g, `${protocol}_`),
  ]);
  const page =
    '<!--# include virtual="/?a=exact" -->|<!--# include virtual="/?a=length" -->|<!--# include virtual="/none?a=status" -->\n';
  sameAnswers(
    `programs behind ${protocol} are passed to alike`,
    { ...Object.fromEntries(files), 'html/page.html': page },
    {
      ...requests,
      'what is its own': get('/own/?a=plain'),
      'a scheme before variables': get('/prefixed?to={{BACKEND}}'),
    },
  );
}

sameAnswers(
  'memcached is asked alike',
  {
    ...server(
      `
    default_type text/plain;
    set $memcached_key $arg_k;
    location / { memcached_pass {{BACKEND}}; }
    location /types/ { set $memcached_key page.html; memcached_pass store; }
    location /gzip { memcached_pass store; memcached_gzip_flag 2; gunzip on; }
    location /fallback { memcached_pass store; error_page 404 502 504 = @fallback; }
    location @fallback { return 200 "fallback $upstream_status\\n"; }
    location /next { memcached_pass next; memcached_next_upstream not_found invalid_response; add_header X-Tried "$upstream_status" always; }
    location /off { memcached_pass next; memcached_next_upstream off; add_header X-Tried "$upstream_status" always; }
    location /slash/ { memcached_pass store; }
    location /parts/ { ssi on; alias html/; }
    location /kept { set $memcached_key $arg_k; memcached_pass store; }
    location /unset { set $memcached_key ""; memcached_pass store; }
    `,
      `upstream store { server {{BACKEND}}; keepalive 2; } upstream next { server {{BACKEND}}; server {{BACKEND}} backup; } types { text/html html; }`,
    ),
    'html/page.html':
      '<!--# include virtual="/kept?k=plain" -->|<!--# include virtual="/kept?k=missing" -->|<!--# include virtual="/kept?k=empty" -->\n',
  },
  Object.fromEntries([
    ...['plain', 'empty', 'page.html', 'a b', 'gzip', 'flags', 'bad', 'other', 'error', 'missing'].flatMap(
      (key) => {
        const asked = key.replace(' ', '%20');
        return [
          [key, get(`/?k=${asked}`)],
          [`HEAD ${key}`, head(`/?k=${asked}`)],
          [`${key}, or something else`, get(`/fallback?k=${asked}`)],
          [`${key}, with flags`, get(`/gzip?k=${asked}`, 'Accept-Encoding: gzip\r\n')],
          [`${key}, from one of two`, get(`/next?k=${asked}`)],
          [`${key}, from the first alone`, get(`/off?k=${asked}`)],
        ];
      },
    ),
    ['a type', get('/types/a.html')],
    ['pages made of values', get('/parts/page.html')],
    ['a range', get('/?k=plain', 'Range: bytes=1-2\r\n')],
    ['POST', post('/?k=plain', 'body')],
    ['a body that nobody wants', get('/?k=plain', 'Content-Length: 4\r\n') + 'body'],
    ['the name without its slash', get('/slash')],
    ['no key', get('/unset')],
    ['a handshake', handshake('/?k=plain')],
  ]),
);
