import type { Node } from './case.ts';
import type { Draw } from './draw.ts';
import { value } from './words.ts';

/** Where a directive may stand: `h`ttp, `s`erver, `l`ocation, `i`f in location. */
type Place = 'h' | 's' | 'l' | 'i';

export interface Setting {
  readonly places: string;
  /** How often it is drawn beside others; 1 unless said. */
  readonly weight?: number;
  /** May stand more than once in a block. */
  readonly repeats?: boolean;
  readonly make: (draw: Draw) => Node;
}

const oneOf =
  (name: string, ...values: readonly string[]) =>
  (draw: Draw): string =>
    `${name} ${draw.pick(values)};`;
const flag = (name: string, places = 'hsl', weight = 1): Setting => ({
  places,
  weight,
  make: oneOf(name, 'on', 'off'),
});
const choice = (name: string, places: string, ...values: readonly string[]): Setting => ({
  places,
  make: oneOf(name, ...values),
});

const headerNames = [
  'X-B',
  'X-C',
  'Content-Type',
  'Cache-Control',
  'Last-Modified',
  'Location',
  'ETag',
  'Set-Cookie',
  'Vary',
  'Connection',
  'Server',
  'Content-Length',
  'Link',
  'x-b',
  'Date',
  'Expires',
];
const proxyHeaders = [
  'Host',
  'X-A',
  'X-Real-IP',
  'Connection',
  'Upgrade',
  'X-Forwarded-For',
  'Content-Length',
  'Content-Type',
  'Cookie',
  'Accept-Encoding',
  'TE',
  'Expect',
  'Authorization',
  'If-Modified-Since',
  'Range',
  'Transfer-Encoding',
  'Keep-Alive',
  'host',
  'X-Empty',
  'Sec-WebSocket-Key',
  'User-Agent',
  'Referer',
];
const fromUpstream = [
  'X-A',
  'Set-Cookie',
  'X-Backend',
  'Content-Type',
  'Location',
  'Server',
  'Date',
  'X-Accel-Redirect',
  'Cache-Control',
  'Expires',
  'ETag',
  'Vary',
  'X-Pad',
  'Upgrade',
  'Connection',
];
const codes = [
  '400',
  '401',
  '403',
  '404',
  '405',
  '410',
  '413',
  '414',
  '416',
  '418',
  '426',
  '494',
  '495',
  '500',
  '502',
  '503',
  '504',
  '429',
  '302',
  '301',
];
const targets = [
  '/static/b.html',
  '/a',
  '/exact',
  '/ws/',
  '@named',
  '@other',
  '/none',
  'http://other.test/x',
  '/a?x=1',
  '/$uri',
  '/err/$status',
  '/internal/$v1',
];
const nextUpstream = [
  'error',
  'timeout',
  'invalid_header',
  'http_500',
  'http_502',
  'http_503',
  'http_504',
  'http_403',
  'http_404',
  'http_429',
  'non_idempotent',
];

const quoted = (text: string): string => (/[\s;{}]|^$/.test(text) ? `"${text}"` : text);

/** Directives of every module that Hopwright serves, except those that only limit time or memory. */
export const settings: readonly Setting[] = [
  // core
  flag('absolute_redirect'),
  flag('port_in_redirect'),
  flag('server_name_in_redirect'),
  flag('merge_slashes', 'hs'),
  flag('underscores_in_headers', 'hs'),
  flag('ignore_invalid_headers', 'hs'),
  choice('large_client_header_buffers', 'hs', '2 1k', '4 300', '1 2k'),
  choice('client_header_buffer_size', 'hs', '64', '200', '1k'),
  choice('client_max_body_size', 'hsl', '0', '2', '5', '10k', '1m'),
  choice('client_body_buffer_size', 'hsl', '1', '3', '1k'),
  flag('client_body_in_single_buffer'),
  choice('client_body_in_file_only', 'hsl', 'clean', 'off'),
  choice('default_type', 'hsl', 'text/plain', 'application/x-test', "''"),
  {
    places: 'hsl',
    make: (draw) => ({
      head: 'types',
      body: draw.some(['text/html html;', 'text/x-t txt TXT;', 'image/x-a a b;'], 2),
    }),
  },
  flag('etag'),
  choice('if_modified_since', 'hsl', 'off', 'exact', 'before'),
  choice('max_ranges', 'hsl', '0', '1', '2', '10'),
  flag('msie_padding'),
  flag('msie_refresh'),
  flag('chunked_transfer_encoding'),
  choice('keepalive_timeout', 'hsl', '0', '5', '5s 7s', '65'),
  choice('keepalive_requests', 'hsl', '1', '2', '100'),
  choice('keepalive_disable', 'hsl', 'none', 'msie6', 'safari'),
  choice('lingering_close', 'hsl', 'off', 'on', 'always'),
  choice('server_tokens', 'hsl', 'off', 'on', 'build'),
  choice('satisfy', 'hsl', 'any', 'all'),
  flag('recursive_error_pages'),
  { places: 'hsli', weight: 5, repeats: true, make: errorPage },
  choice('root', 'hsli', 'html', 'html/static', 'html$v1', 'html/$arg_b'),
  flag('log_not_found'),
  flag('log_subrequest'),
  choice('send_timeout', 'hsl', '2s'),
  choice('limit_rate', 'hsli', '0', '100k'),
  choice('postpone_output', 'hsl', '0', '1460'),
  flag('reset_timedout_connection'),
  flag('tcp_nodelay'),
  flag('sendfile', 'hsli'),
  { places: 's', weight: 1, make: tryFiles },
  { places: 'l', weight: 2, make: tryFiles },
  { places: 'l', weight: 1, make: () => 'internal;' },
  {
    places: 'l',
    make: (draw) => ({
      head: `limit_except ${draw.pick(['GET', 'POST', 'GET POST', 'OPTIONS PUT'])}`,
      body: [
        draw.pick([
          'deny all;',
          'allow all;',
          'auth_basic "m"; auth_basic_user_file passwords;',
          'proxy_pass http://{{B1}};',
        ]),
      ],
    }),
  },
  // rewrite
  { places: 'sli', weight: 4, repeats: true, make: rewrite },
  {
    places: 'sli',
    weight: 4,
    repeats: true,
    make: (draw) => `set $v${draw.between(1, 2)} ${quoted(draw.chance(0.2) ? '' : value(draw))};`,
  },
  { places: 'li', weight: 1, repeats: true, make: () => 'break;' },
  { places: 'li', weight: 1, repeats: true, make: returnDirective },
  flag('rewrite_log', 'hsli'),
  flag('uninitialized_variable_warn', 'hsli'),
  // access
  {
    places: 'hsl',
    weight: 2,
    repeats: true,
    make: oneOf('deny', 'all', '127.0.0.1', '127.10.0.0/16', '::1', 'unix:'),
  },
  {
    places: 'hsl',
    weight: 2,
    repeats: true,
    make: oneOf('allow', 'all', '127.0.0.1', '127.0.0.0/8', '192.168.1.0/24', '2001:db8::/32'),
  },
  { places: 'hsl', make: oneOf('auth_basic', '"members"', 'off', '"to $host"', '$arg_a') },
  choice('auth_basic_user_file', 'hsl', 'passwords', 'none', '$v1'),
  {
    places: 'hsl',
    make: oneOf('auth_request', '/auth', '/auth-proxy', '/none', 'off', '/auth?x=$arg_a', '/auth-named'),
  },
  {
    places: 'hsl',
    repeats: true,
    make: oneOf(
      'auth_request_set',
      '$auth_status $upstream_status',
      '$v1 $upstream_http_x_a',
      '$v2 $sent_http_x_b',
    ),
  },
  {
    places: 'hsl',
    repeats: true,
    make: oneOf(
      'limit_req',
      'zone=req1',
      'zone=req1 burst=1 nodelay',
      'zone=req2 burst=5 delay=1',
      'zone=req2',
    ),
  },
  flag('limit_req_dry_run'),
  choice('limit_req_status', 'hsl', '429', '503', '598'),
  choice('limit_req_log_level', 'hsl', 'warn', 'error', 'notice'),
  { places: 'hsl', repeats: true, make: oneOf('limit_conn', 'conn1 1', 'conn1 5', 'conn2 1') },
  flag('limit_conn_dry_run'),
  choice('limit_conn_status', 'hsl', '429', '503', '444'),
  {
    places: 'hsl',
    repeats: true,
    make: oneOf('set_real_ip_from', '127.0.0.1', '127.0.0.0/8', '127.10.0.0/16', '0.0.0.0/0', 'unix:'),
  },
  choice('real_ip_header', 'hsl', 'X-Forwarded-For', 'X-Real-IP', 'X-A', 'proxy_protocol'),
  flag('real_ip_recursive'),
  {
    places: 'sl',
    make: oneOf(
      'valid_referers',
      'none blocked server_names ~x',
      'server_names ~q',
      '*.example.com ~\\.org',
      'server_names example.org/a www.example.*',
      'blocked ~^https ~x',
    ),
  },
  { places: 'hsl', repeats: true, make: oneOf('mirror', '/mirror', '/none', 'off', '/mirror-proxy') },
  flag('mirror_request_body'),
  // headers and content
  {
    places: 'hsli',
    weight: 5,
    repeats: true,
    make: (draw) =>
      `add_header ${draw.pick(headerNames)} ${quoted(draw.chance(0.15) ? '' : value(draw))}${draw.chance(0.3) ? ' always' : ''};`,
  },
  {
    places: 'hsli',
    weight: 1,
    repeats: true,
    make: (draw) =>
      `add_trailer ${draw.pick(['X-T', 'X-U'])} ${quoted(value(draw))}${draw.chance(0.3) ? ' always' : ''};`,
  },
  {
    places: 'hsli',
    weight: 2,
    make: oneOf('expires', 'off', 'epoch', 'max', '-1', '1h', '@3h', 'modified 1d', '$arg_a', '$m1', '0'),
  },
  choice(
    'index',
    'hsl',
    'index.html',
    'none.html /static/b.html',
    'b.html a.txt',
    '$arg_a index.html',
    'a$v1.txt',
  ),
  flag('autoindex'),
  choice('autoindex_format', 'hsl', 'html', 'json', 'xml', 'jsonp'),
  flag('autoindex_exact_size'),
  flag('autoindex_localtime'),
  choice('charset', 'hsli', 'utf-8', 'off', 'koi8-r'),
  flag('override_charset', 'hsli'),
  flag('ssi', 'hsli'),
  flag('ssi_silent_errors'),
  choice('ssi_types', 'hsl', 'text/plain', '*'),
  // proxy
  {
    places: 'hsl',
    weight: 10,
    repeats: true,
    make: (draw) => `proxy_set_header ${draw.pick(proxyHeaders)} ${quoted(headerValue(draw))};`,
  },
  { places: 'hsl', weight: 3, make: oneOf('proxy_http_version', '1.1', '1.1', '1.0') },
  { places: 'hsl', make: (draw) => `proxy_set_body ${quoted(draw.chance(0.3) ? '' : value(draw))};` },
  choice('proxy_method', 'hsl', 'GET', 'POST', 'HEAD', '$arg_a', 'get', 'PATCH'),
  flag('proxy_pass_request_headers'),
  flag('proxy_pass_request_body'),
  {
    places: 'hsl',
    weight: 2,
    repeats: true,
    make: oneOf(
      'proxy_redirect',
      'off',
      'http://backend.test/inner/ /outer/',
      '~^http://backend\\.test/(.*)$ /re/$1',
      '~*/INNER/ $scheme://$host/x',
      '/inner/ https://h/$uri',
      'http://$proxy_host/ /',
    ),
  },
  {
    places: 'hsl',
    repeats: true,
    make: oneOf(
      'proxy_cookie_domain',
      'backend.test front.test',
      '~\\.?backend\\.test $host',
      'off',
      '.backend.test ""',
    ),
  },
  {
    places: 'hsl',
    repeats: true,
    make: oneOf('proxy_cookie_path', '/inner/ /outer/', '~^/inner /o$uri', '/ /all', 'off'),
  },
  {
    places: 'hsl',
    repeats: true,
    make: oneOf(
      'proxy_cookie_flags',
      'sess nosecure samesite=lax',
      '~. httponly',
      'a secure $m1',
      'off',
      'c samesite=strict nohttponly',
    ),
  },
  { places: 'hsl', repeats: true, weight: 2, make: oneOf('proxy_hide_header', ...fromUpstream) },
  { places: 'hsl', repeats: true, weight: 2, make: oneOf('proxy_pass_header', ...fromUpstream) },
  {
    places: 'hsl',
    make: (draw) =>
      `proxy_ignore_headers ${draw.some(['X-Accel-Redirect', 'X-Accel-Expires', 'X-Accel-Limit-Rate', 'X-Accel-Buffering', 'X-Accel-Charset', 'Expires', 'Cache-Control', 'Set-Cookie', 'Vary'], 3).join(' ')};`,
  },
  flag('proxy_intercept_errors', 'hsl', 3),
  flag('proxy_buffering'),
  flag('proxy_request_buffering'),
  choice('proxy_buffer_size', 'hsl', '1k', '400', '8k'),
  choice('proxy_max_temp_file_size', 'hsl', '0'),
  {
    places: 'hsl',
    weight: 2,
    make: (draw) =>
      `proxy_next_upstream ${draw.chance(0.15) ? 'off' : draw.some(nextUpstream, draw.between(1, 4)).join(' ')};`,
  },
  choice('proxy_next_upstream_tries', 'hsl', '0', '1', '2'),
  choice('proxy_ignore_client_abort', 'hsl', 'on', 'off'),
  flag('proxy_force_ranges'),
  choice('proxy_limit_rate', 'hsl', '0', '1m'),
  flag('proxy_socket_keepalive'),
  choice('proxy_next_upstream_timeout', 'hsl', '0', '5s'),
  choice('proxy_bind', 'hsl', '127.0.0.1', 'off', '$arg_a'),
  // cache
  {
    places: 'hsl',
    weight: 4,
    make: oneOf('proxy_cache', 'kept', 'kept', '$m1', 'off'),
  },
  choice('proxy_cache_key', 'hsl', '$uri', '$host$request_uri', '$scheme$proxy_host$request_uri', '$arg_a'),
  {
    places: 'hsl',
    weight: 4,
    repeats: true,
    make: oneOf('proxy_cache_valid', '1m', 'any 1m', '404 503 1m', '200 0', '301 302 10m'),
  },
  choice('proxy_cache_methods', 'hsl', 'POST', 'GET HEAD'),
  choice('proxy_cache_bypass', 'hsl', '$arg_a', '$http_x_a $cookie_c'),
  choice('proxy_no_cache', 'hsl', '$arg_a', '$http_authorization'),
  choice('proxy_cache_min_uses', 'hsl', '1', '2'),
  choice(
    'proxy_cache_use_stale',
    'hsl',
    'error timeout updating',
    'http_500 http_503',
    'off',
    'invalid_header',
  ),
  flag('proxy_cache_revalidate'),
  flag('proxy_cache_lock'),
  flag('proxy_cache_convert_head'),
  flag('proxy_cache_background_update'),
  choice('proxy_cache_max_range_offset', 'hsl', '0', '2', '1k'),
  // filters
  { places: 'hsli', weight: 3, make: oneOf('gzip', 'on', 'on', 'off') },
  choice('gzip_types', 'hsl', '*', 'text/plain', 'text/html application/x-test'),
  choice('gzip_min_length', 'hsl', '0', '5', '1k'),
  choice('gzip_proxied', 'hsl', 'any', 'off', 'expired no-cache', 'auth no_etag', 'no_last_modified private'),
  choice('gzip_http_version', 'hsl', '1.0', '1.1'),
  choice('gzip_disable', 'hsl', 'msie6', '"curl"'),
  flag('gzip_vary'),
  flag('gunzip'),
  choice('gzip_static', 'hsl', 'on', 'always', 'off'),
  {
    places: 'hsl',
    weight: 3,
    repeats: true,
    make: oneOf('sub_filter', 'a X', 'body $uri', '"$arg_a" found', 'B1 "<$host>"', 'abc ""', 'o 0'),
  },
  choice('sub_filter_types', 'hsl', '*', 'text/plain'),
  flag('sub_filter_once'),
  flag('sub_filter_last_modified'),
  choice('add_before_body', 'hsl', '/static/a.txt', '/mirror', '/none', '""'),
  choice('add_after_body', 'hsl', '/static/a.txt', '/exact', '""'),
  choice('addition_types', 'hsl', '*', 'text/plain'),
  choice('charset_types', 'hsl', '*', 'text/plain'),
  choice('source_charset', 'hsli', 'windows-1251', 'koi8-r', 'off'),
  choice('slice', 'hsl', '4', '1k', '0'),
  flag('ssi_last_modified'),
  choice('ssi_value_length', 'hsl', '3', '256'),
  // others
  { places: 'sl', make: () => 'secure_link $arg_a,$arg_b; secure_link_md5 "key$uri";' },
  choice('modern_browser', 'hsl', 'msie 5.5', 'unlisted'),
  choice('ancient_browser', 'hsl', 'curl'),
  choice('dav_methods', 'hsl', 'PUT DELETE', 'PUT DELETE MKCOL COPY MOVE', 'off'),
  flag('create_full_put_path'),
  choice('min_delete_depth', 'hsl', '1', '2'),
  choice('auth_delay', 'hsl', '10ms'),
  choice('access_log', 'hsl', 'off', 'logs/access.log main if=$arg_a'),
];

/** Directives that only newer versions know, beside {@link settings}. */
export const newerSettings: readonly Setting[] = [
  flag('proxy_pass_trailers'),
  choice('add_header_inherit', 'hsli', 'on', 'off', 'merge'),
  choice('add_trailer_inherit', 'hsli', 'on', 'off', 'merge'),
  choice('early_hints', 'hsl', '1', '$http_x_a'),
  choice('max_headers', 'hs', '5', '8', '100'),
  choice('keepalive_min_timeout', 'hsl', '0', '10ms'),
];

function headerValue(draw: Draw): string {
  if (draw.chance(0.4))
    return draw.pick([
      '$host',
      '$http_host',
      '$http_upgrade',
      'upgrade',
      'close',
      '',
      '$connection_upgrade',
      '$proxy_host',
      '$remote_addr',
      '$proxy_add_x_forwarded_for',
      'keep-alive',
      '$http_connection',
      'websocket',
    ]);
  return value(draw);
}

function errorPage(draw: Draw): string {
  const which = draw.some(codes, draw.between(1, 3)).join(' ');
  const change = draw.pick(['', '', '', '=', '=200', '=301', '=404', '=503', '=444']);
  return `error_page ${which} ${change === '' ? '' : `${change} `}${draw.pick(targets)};`;
}

function tryFiles(draw: Draw): string {
  const candidates = draw.some(
    [
      '$uri',
      '$uri/',
      '/static$uri',
      '/none',
      '$v1',
      '/static/a.txt',
      '$uri.html',
      '/static/sub/',
      '$document_root$uri',
    ],
    draw.between(1, 3),
  );
  return `try_files ${candidates.join(' ')} ${draw.pick(['=404', '=403', '=200', '/static/b.html', '@named', '/a?x=$args', '/try/none', '@other', '/$arg_a', '=444'])};`;
}

function rewrite(draw: Draw): string {
  const pattern = draw.pick([
    '^/a/(.*)$',
    '^',
    '/ws',
    '^/b/(\\d+)',
    '^/(\\w+)/(.*)$',
    '^(.*)\\.txt$',
    '(?<rest>.*)',
    '^/re/',
    'B',
    '^/a$',
    '%',
    ' ',
  ]);
  const replacement = draw.pick([
    '/a/$1',
    '/b/$1',
    '/ws/',
    '/static/a.txt',
    '/re/$1/$2',
    '/x?y=$1',
    '/x?',
    '/a?$args',
    '$uri/',
    'http://other.test/$1',
    'https://$host$uri',
    '$scheme://r/?q=$1',
    '/$v1',
    '$1.html',
    '/sp ace',
    '/%41/$1',
    '$arg_a',
    '/exact',
  ]);
  const end = draw.pick(['', '', 'last', 'last', 'break', 'break', 'redirect', 'permanent']);
  return `rewrite ${quoted(pattern)} ${quoted(replacement)}${end === '' ? '' : ` ${end}`};`;
}

export function returnDirective(draw: Draw): string {
  if (draw.chance(0.15))
    return `return ${draw.pick(['http://other.test/$uri', 'https://$host$request_uri', '$scheme://x/'])};`;
  const code = draw.pick([
    '200',
    '200',
    '201',
    '204',
    '301',
    '302',
    '303',
    '304',
    '307',
    '308',
    '400',
    '401',
    '403',
    '404',
    '405',
    '410',
    '413',
    '418',
    '426',
    '444',
    '499',
    '500',
    '502',
    '503',
    '504',
    '599',
    '0',
    '100',
    '101',
    '206',
    '413',
    '497',
    '494',
  ]);
  if (draw.chance(0.35)) return `return ${code};`;
  return `return ${code} ${quoted(draw.chance(0.2) ? '' : `${value(draw)}${draw.chance(0.3) ? '\\n' : ''}`)};`;
}

const conditions = [
  '$arg_a',
  '$http_x_a = yes',
  '$request_method = POST',
  '$uri ~ "^/a/(.*)"',
  '$uri !~ b',
  '$http_user_agent ~* msie',
  '-f $document_root$uri',
  '!-f $request_filename',
  '-d $request_filename',
  '-e html/static/a.txt',
  '!-e $request_filename',
  '-x html',
  '$v1',
  '$v1 != ""',
  '$m1 = two',
  '$invalid_referer',
  '$host !~* "^A"',
  '$http_upgrade = websocket',
  '$args ~ (?<first>\\w+)=(\\w+)',
  '$request_uri = /',
  '$geo1 = near',
  '$m2',
];

export function ifBlock(draw: Draw, place: 's' | 'l'): Node {
  const head = `if (${draw.pick(conditions)})`;
  if (place === 's') {
    const rewriteOnly = draw.pick([
      rewrite,
      returnDirective,
      (d: Draw) => `set $v1 ${quoted(value(d))};`,
      () => 'break;',
    ]);
    return {
      head,
      body: [rewriteOnly(draw), ...(draw.chance(0.3) ? [`set $v2 ${quoted(value(draw))};`] : [])],
    };
  }
  return {
    head,
    body: drawSettings(
      draw,
      settings,
      'i',
      draw.between(0, 3),
      draw.chance(0.3) ? [`proxy_pass http://{{B${draw.between(1, 3)}}};`] : [],
    ),
  };
}

/** Draws `count` settings for a block that has the directives `given` already; not repeated where that is wrong. */
export function drawSettings(
  draw: Draw,
  pool: readonly Setting[],
  place: Place,
  count: number,
  given: readonly Node[] = [],
): Node[] {
  const fitting = pool.filter(({ places }) => places.includes(place));
  const total = fitting.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const found: Node[] = [...given];
  const taken = new Set<Setting>();
  for (let number = 0; number < count; number++) {
    let at = draw.next() * total;
    const setting = fitting.find(({ weight = 1 }) => (at -= weight) < 0) ?? fitting[0]!;
    if (taken.has(setting) && setting.repeats !== true) continue;
    taken.add(setting);
    const node = setting.make(draw);
    const name = typeof node === 'string' ? node.slice(0, node.indexOf(' ')) : node.head;
    const clash = found.some((other) => typeof other === 'string' && other.startsWith(`${name} `));
    if (clash && setting.repeats !== true) continue;
    // `off` beside others is refused by nginx.
    if (clash && typeof node === 'string' && / off;$/.test(node)) continue;
    found.push(node);
  }
  return found;
}
