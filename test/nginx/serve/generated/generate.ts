import { backendModes } from './backend.ts';
import type { Block, GeneratedCase, Node } from './case.ts';
import { Draw } from './draw.ts';
import { drawRequest } from './requests.ts';
import { drawSettings, ifBlock, newerSettings, returnDirective, settings, type Setting } from './settings.ts';
import { locationNames, paths, serverNames, value, variable, variables } from './words.ts';

const files: Readonly<Record<string, string>> = {
  'html/index.html': 'root index\n',
  'html/a': 'file a\n',
  'html/static/index.html': 'static index\n',
  'html/static/a.txt': 'abcdefghij\n',
  'html/static/b.html': '<p><!--#echo var="uri" --> <!--#echo var="arg_a" default="none" --></p>\n',
  'html/static/sp ace.txt': 'space\n',
  'html/static/sub/one.txt': '1\n',
  'html/static/sub/two & <3>.html': '22\n',
  'html/try/a.txt': 'try a\n',
  'html/try/sub/index.html': 'try sub\n',
  'html/x.php': '<?php\n',
  // user:pass
  passwords: 'user:{PLAIN}pass\nother:$apr1$abcdefgh$invalid\n',
};

/** The case `number` of a seed, for a version of nginx. */
export function generate(seed: number, number: number, target: string): GeneratedCase {
  const draw = new Draw(Math.imul(seed, 1_000_003) + number);
  const newer = Number(target.split('.')[1]) >= 30;
  const pool = newer ? [...settings, ...newerSettings] : settings;
  const known: string[] = [];
  const config: Node[] = [
    'worker_processes 1;',
    'error_log logs/error.log info;',
    { head: 'events', body: [] },
    { head: 'http', body: http(draw, pool, known) },
  ];
  const backends = ['B1', 'B2', 'B3'].map(() => (draw.chance(0.6) ? 'always-200' : draw.pick(backendModes)));
  const requests = Array.from({ length: draw.between(4, 10) }, () =>
    drawRequest(draw, known.length > 0 ? known : paths),
  );
  return { id: `${seed}-${number}`, config, files, backends, requests };
}

function http(draw: Draw, pool: readonly Setting[], known: string[]): Node[] {
  // Captures are no variables: log_format knows none.
  const logged = draw
    .some(
      variables.filter((name) => !/^\d/.test(name)),
      6,
    )
    .map((name) => `${name}=$${name}`);
  return [
    `log_format main ${draw.pick(['', '', 'escape=json ', 'escape=none '])}'status=$status|body=$body_bytes_sent|sent=$bytes_sent|request=$request|addr=$upstream_addr|by=$upstream_status|${logged.join('|')}';`,
    'access_log logs/access.log main;',
    'client_header_timeout 400ms;',
    'client_body_timeout 400ms;',
    'proxy_read_timeout 300ms;',
    'proxy_connect_timeout 300ms;',
    'proxy_send_timeout 300ms;',
    'types { text/html html; text/plain txt; }',
    ...maps(draw),
    'proxy_cache_path kept keys_zone=kept:1m levels=1:2 inactive=10m;',
    ...(draw.chance(0.3) ? [charsetMap] : []),
    'limit_req_zone $arg_a zone=req1:100k rate=1r/m;',
    // One request each: whether two come within a millisecond is not to matter.
    'limit_req_zone $request_id zone=req2:100k rate=1000r/s;',
    'limit_conn_zone $arg_a zone=conn1:100k;',
    'limit_conn_zone $server_name zone=conn2:100k;',
    ...upstreams(draw),
    ...drawSettings(draw, pool, 'h', draw.below(4), [
      'access_log x;',
      'types x;',
      'proxy_read_timeout x;',
    ]).slice(3),
    declarations,
    ...Array.from({ length: draw.pick([1, 1, 2, 3]) }, (_, index) => server(draw, pool, index, known)),
  ];
}

/** Gives the variables that are set, or captured by name, somewhere: without it nginx would not know them. */
const declarations: Block = {
  head: 'server',
  body: [
    'listen 127.0.0.1:{{SECOND}};',
    'set $v1 ""; set $v2 "";',
    'location ~ (?<name>a)(?<first>b)(?<sub>c) { auth_request_set $auth_status $status; }',
    'location / { valid_referers none server_names; }',
  ],
};

const charsetMap: Block = {
  head: 'charset_map koi8-r utf-8',
  body: ['80 E282AC;', 'C1 D0B0;', 'E1 D090;', 'E9 D098;'],
};

function maps(draw: Draw): Node[] {
  const source = (): string =>
    draw.pick([
      '$arg_a',
      '$uri',
      '$http_x_a',
      '$host',
      '$http_upgrade',
      '$request_method',
      '$arg_a$arg_b',
      '$cookie_c',
      '$http_user_agent',
    ]);
  const result = (): string => draw.pick(['one', 'two', '""', '$uri', '"$arg_b x"', '$1', 'on', '0']);
  const entry = (): string =>
    `${draw.pick(['1', 'yes', '""', '~^/a(.*)', '~*^YES', '/ws/', 'websocket', '*.example.com', '.example.org', 'www.example.*', 'POST', '~(?<first>\\w)$', '\\default', '~^(?!b)'])} ${result()};`;
  const body = (): Node[] => {
    const entries = new Map(
      Array.from({ length: draw.below(5) }, entry).map((line) => [line.split(' ')[0], line]),
    );
    return [
      ...(draw.chance(0.3) ? ['hostnames;'] : []),
      ...(draw.chance(0.2) ? ['volatile;'] : []),
      ...(draw.chance(0.7) ? [`default ${result()};`] : []),
      ...entries.values(),
    ];
  };
  return [
    { head: 'map $http_upgrade $connection_upgrade', body: ['default upgrade;', "'' close;"] },
    { head: `map ${source()} $m1`, body: body() },
    { head: `map ${source()} $m2`, body: body() },
    { head: `map ${draw.pick(['$m1', '$m2', '$m1$m2', '$v1'])} $m3`, body: body() },
    {
      head: draw.pick(['geo $geo1', 'geo $http_x_a $geo1', 'geo $arg_a $geo1']),
      body: [
        ...(draw.chance(0.3)
          ? ['ranges;', '127.0.0.0-127.0.0.255 near;', '127.10.0.0-127.10.255.255 ten;']
          : ['127.0.0.0/8 near;', '127.10.0.0/16 ten;', '127.10.1.0/24 "";', '::/0 six;']),
        ...(draw.chance(0.5) ? ['default far;'] : []),
        ...(draw.chance(0.3) ? ['proxy 127.0.0.1;'] : []),
      ],
    },
    {
      head: `split_clients ${draw.pick(['$arg_a', '$uri', '"${remote_addr}x"', '$http_x_a'])} $split1`,
      body: ['33.3% one;', '0.5% two;', draw.pick(['* rest;', '40% three;'])],
    },
  ];
}

function upstreams(draw: Draw): Node[] {
  // No server is tried again within the time of a case, however long it takes.
  const parameters = (): string =>
    ` fail_timeout=1h${draw.pick(['', '', '', ' weight=2', ' weight=3', ' max_fails=0', ' max_fails=2', ' max_fails=1', ' down', ' max_conns=1'])}`;
  const one = (name: string): Node => {
    const servers = draw.some(['{{B1}}', '{{B2}}', '{{B3}}'], draw.between(1, 3));
    const method = draw.pick([
      '',
      '',
      '',
      'least_conn;',
      'ip_hash;',
      'hash $uri;',
      'hash $arg_a consistent;',
      'hash $request_uri consistent;',
    ]);
    const backup = method === '' || method === 'least_conn;';
    return {
      head: `upstream ${name}`,
      body: [
        ...(method === '' ? [] : [method]),
        ...servers.map(
          (address, index) =>
            `server ${address}${backup && index > 0 && draw.chance(0.2) ? ' backup fail_timeout=1h' : parameters()};`,
        ),
        ...(draw.chance(0.3)
          ? [draw.pick(['keepalive 1;', 'keepalive 4;', 'keepalive 2; keepalive_requests 2;'])]
          : []),
        ...(draw.chance(0.2) ? ['zone z_' + name + ' 64k;'] : []),
      ],
    };
  };
  return [one('u1'), one('u2')];
}

function server(draw: Draw, pool: readonly Setting[], index: number, known: string[]): Block {
  const names = draw.some(serverNames, draw.below(3));
  const taken = new Set<string>();
  const locations = Array.from({ length: draw.between(3, 8) }, () => draw.pick(locationNames))
    .filter((name) => {
      const path = name.replace(/^\^~ /, '');
      return !taken.has(path) && taken.add(path);
    })
    .map((name) => location(draw, pool, name, known));
  return {
    head: 'server',
    body: [
      `listen 127.0.0.1:{{PORT}}${index === 1 && draw.chance(0.4) ? ' default_server' : ''};`,
      ...(names.length === 0 ? [] : [`server_name ${names.join(' ')};`]),
      ...drawSettings(draw, pool, 's', draw.below(5)),
      ...(draw.chance(0.25) ? [ifBlock(draw, 's')] : []),
      ...locations,
      ...fixtures(draw),
    ],
  };
}

/** Locations that settings refer to. */
function fixtures(draw: Draw): Node[] {
  const all: Node[] = [
    {
      head: 'location @named',
      body: [...drawSettings(draw, settings, 'l', draw.below(2)), contentOf(draw, '@')],
    },
    { head: 'location @other', body: [contentOf(draw, '@')] },
    {
      head: 'location = /auth',
      body: [
        ...(draw.chance(0.5) ? ['internal;'] : []),
        draw.pick(['return 200;', 'return 204;', 'return 403;', 'return 401;', 'return 500;', 'deny all;']),
      ],
    },
    {
      head: 'location = /auth-proxy',
      body: [
        draw.pick([
          'proxy_pass http://{{B3}};',
          'proxy_pass http://{{B3}}/auth?x=1;',
          'proxy_pass http://u1; proxy_pass_request_body off; proxy_set_header Content-Length "";',
        ]),
      ],
    },
    {
      head: 'location /mirror',
      body: [
        'internal;',
        draw.pick(['return 200;', 'proxy_pass http://{{B2}};', 'proxy_pass http://{{B2}}/copy$request_uri;']),
      ],
    },
    {
      head: 'location /accel/',
      body: [
        'internal;',
        draw.pick(['return 200 "accel $uri $args\\n";', 'alias html/static/;', 'proxy_pass http://{{B2}};']),
      ],
    },
  ];
  return all.filter(() => draw.chance(0.7));
}

function location(draw: Draw, pool: readonly Setting[], name: string, known: string[], depth = 0): Block {
  const regex = name.startsWith('~');
  const prefix = name.replace(/^(?:=|\^~) /, '');
  const sample = paths.filter((path) => (regex ? matches(name, path) : path.startsWith(prefix)));
  known.push(...draw.some(sample, 3));
  const inner = regex
    ? `~ ${draw.pick(['one', 'txt$', '(\\w+)$'])}`
    : draw.pick([`${prefix}n/`, `= ${prefix}`, '~ (\\d)', `${prefix}b/`]);
  const nests = depth === 0 && !name.startsWith('=') && !prefix.includes(' ') && draw.chance(0.15);
  const content = contentOf(draw, regex ? '~' : prefix);
  const upgrades = content.startsWith('proxy_pass') && draw.chance(0.3) ? upgrade(draw) : [];
  return {
    head: `location ${prefix.includes(' ') && !regex ? `"${name}"` : name}`,
    body: [
      ...drawSettings(draw, pool, 'l', draw.below(6), content === '' ? [] : [content, ...upgrades]),
      ...(draw.chance(0.2) ? [ifBlock(draw, 'l')] : []),
      ...(nests ? [location(draw, pool, inner, known, 1)] : []),
    ],
  };
}

/** What a location for sockets has, or what people take for it. */
function upgrade(draw: Draw): Node[] {
  return [
    ...(draw.chance(0.7) ? ['proxy_http_version 1.1;'] : []),
    ...(draw.chance(0.8)
      ? [
          `proxy_set_header Upgrade ${draw.pick(['$http_upgrade', '$http_upgrade', 'websocket', '"$upgrade"'])};`.replace(
            '"$upgrade"',
            '$connection_upgrade',
          ),
        ]
      : []),
    ...(draw.chance(0.8)
      ? [
          `proxy_set_header Connection ${draw.pick(['$connection_upgrade', '"upgrade"', 'Upgrade', '$http_connection', '""', 'keep-alive'])};`,
        ]
      : []),
    ...(draw.chance(0.3) ? ['proxy_set_header Host $host;'] : []),
  ];
}

function matches(name: string, path: string): boolean {
  const [modifier = '', pattern = ''] = name.split(' ');
  return new RegExp(pattern, modifier === '~*' ? 'i' : '').test(path);
}

/** What answers in a location. */
function contentOf(draw: Draw, name: string): string {
  const kind = draw.below(20);
  if (kind < 9) return proxyPass(draw, name);
  if (kind < 14)
    return `return 200 "${draw.chance(0.3) ? '' : `${draw.between(1, 9)}:`}${variable(draw)} ${value(draw)}\\n";`;
  if (kind < 15) return returnDirective(draw);
  if (kind < 17 && name !== '@')
    return draw.pick([
      'root html;',
      'alias html/static/;',
      'alias html/;',
      'alias html/static/a.txt;',
      'alias html$uri;',
    ]);
  if (kind < 18) return 'empty_gif;';
  return '';
}

function proxyPass(draw: Draw, name: string): string {
  const plain = ['http://{{B1}}', 'http://{{B2}}', 'http://u1', 'http://u2', 'http://{{B3}}'];
  const withVariables = [
    'http://$v1',
    'http://{{B1}}$uri',
    'http://{{B1}}$request_uri',
    'http://{{B1}}/$1?$args',
    'http://u1$uri$is_args$args',
    'http://$http_x_a',
    'http://$m1',
    '$scheme://u2/x',
    'http://{{B2}}/$v1',
    'http://{{B1}}/p$1',
    'http://127.0.0.1:$arg_a/',
    'http://u1/$arg_a',
    'http://{{B2}}/?$query_string',
  ];
  const withUri = [
    'http://{{B1}}/',
    'http://{{B2}}/inner/',
    'http://u1/in',
    'http://u2/?q=1',
    'http://{{B1}}/a%20b/',
    'http://u1/x/../y',
    'http://{{B3}}/p?',
  ];
  if (name === '@' || name === '~')
    return `proxy_pass ${draw.pick(draw.chance(0.7) ? plain : withVariables)};`;
  const kind = draw.below(10);
  return `proxy_pass ${draw.pick(kind < 4 ? plain : kind < 7 ? withUri : withVariables)};`;
}
