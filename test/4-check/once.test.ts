import { describe, expect, it } from 'vitest';
import { lint } from '../../src/4-check/lint.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const server = (name: string, locations: readonly string[], more = ''): string =>
  `server { listen 8080; server_name ${name}; ${more} ${locations
    .map(
      (path) => `location ${path} { proxy_pass http://127.0.0.1:9; proxy_set_header Upgrade $http_upgrade; }`,
    )
    .join(' ')} }`;

/** What ws/idle-timeout says of these lines, which stand inside `http` from line 2 on. */
function told(lines: readonly string[]): { count: number; lines: number[] }[] {
  const file = new SourceFile('/etc/nginx/nginx.conf', ['events {} http {', ...lines, '}'].join('\n'));
  return lint(file)
    .diagnostics.filter(({ code }) => code === 'ws/idle-timeout')
    .map(({ message, span, related = [] }) => ({
      count: Number(/and in (\d+) other/.exec(message)?.[1] ?? 0),
      lines: [span, ...related.map((place) => place.span)].map(({ start }) => file.lineAt(start)),
    }));
}

it('does not say of the words of a swallowed directive that they are suspicious names', () => {
  const text = 'events {}\nhttp { server {\n server_name a.example\n root /var/www; } }\n';
  const { diagnostics } = lint(new SourceFile('/etc/nginx/nginx.conf', text));
  expect(diagnostics.filter(({ severity }) => severity !== 'info').map(({ code }) => code)).toEqual([
    'syntax/missing-semicolon',
  ]);
});

it('does not say of a location that takes the handshakes of another that it has no upstream', () => {
  const text = `events {} http { ${server('a.example', ['/chat/'], 'location ~ ^/chat { root /srv; }')} }`;
  const { diagnostics } = lint(new SourceFile('/etc/nginx/nginx.conf', text), { target: '1.31.5' });
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'ws/shadowed',
  ]);
});

describe('findings that say the same at sites for sockets', () => {
  it('are one, with the number of the other places and some of them', () => {
    const lines = Array.from({ length: 9 }, (_, at) => server(`s${at}.example`, ['/ws/']));
    expect(told(lines)).toEqual([{ count: 8, lines: [2, 3, 4, 5, 6, 7] }]);
  });

  it('count a directive once that several of them inherit', () => {
    const lines = ['proxy_read_timeout 10s;', server('a.example', ['/ws/']), server('b.example', ['/ws/'])];
    expect(told(lines)).toEqual([{ count: 0, lines: [2] }]);
  });

  it('count a directive of the server once for each server', () => {
    const lines = ['a', 'b', 'c'].map((name) => server(name, ['/ws/', '/live/'], 'proxy_read_timeout 10s;'));
    expect(told(lines)).toEqual([{ count: 2, lines: [2, 3, 4] }]);
  });

  it('are those of the files that are asked for', () => {
    const files: Readonly<Record<string, string>> = Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [`/etc/nginx/${name}.conf`, server(`${name}.example`, ['/ws/'])]),
    );
    const includes = Object.keys(files).map((path) => `include ${path};`);
    const entry = new SourceFile('/etc/nginx/nginx.conf', `events {} http { ${includes.join(' ')} }`);
    const reader = { read: (path: string) => ({ text: files[path]! }), list: () => [] };
    const found = lint(entry, { reader, only: ({ path }) => !path.endsWith('a.conf') }).diagnostics;
    const [only, ...more] = found.filter(({ code }) => code === 'ws/idle-timeout');
    expect([only!.file.path, only!.message.slice(-22), more]).toEqual([
      '/etc/nginx/b.conf',
      '(and in 1 other place)',
      [],
    ]);
  });

  it('are told apart where they say something else', () => {
    const long = server('b.example', ['/ws/'], 'proxy_read_timeout 20s;');
    const lines = [server('a.example', ['/ws/']), long, server('c.example', ['/ws/'])];
    expect(told(lines)).toEqual([
      { count: 1, lines: [2, 4] },
      { count: 0, lines: [3] },
    ]);
  });
});
