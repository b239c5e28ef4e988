import { describe, expect, it } from 'vitest';
import { lint } from '../../src/4-check/lint.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const pair = 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

function linesOf(code: string, lines: readonly string[], target = 'any'): number[] {
  const file = new SourceFile('/etc/nginx/nginx.conf', lines.join('\n'));
  return lint(file, { target })
    .diagnostics.filter((one) => one.code === code)
    .map((one) => file.lineAt(one.span.start));
}

describe('servers that are written alike', () => {
  const server = (name: string, more = ''): string =>
    `server { listen 8080; server_name ${name}; location /ws/ { proxy_pass http://127.0.0.1:9; ${pair} ${more} } }`;

  it('have each finding of a rule', () => {
    const lines = ['events {} http {', server('a.example'), server('b.example'), server('c.example'), '}'];
    expect(linesOf('ws/http-version', lines)).toEqual([2, 3, 4]);
    const limited = lines.map((line) => line.replace('listen', 'proxy_buffer_size 1k; listen'));
    expect(linesOf('ws/buffers', limited)).toEqual([2, 3, 4]);
  });

  it('are told from one that differs in something else than its name', () => {
    const origin = 'proxy_set_header Origin http://app;';
    const lines = ['events {} http {', server('a.example'), server('b.example', origin), '}'];
    expect(linesOf('ws/origin-forced', lines)).toEqual([3]);
  });

  it('are told from each other where the name decides', () => {
    const redirect = 'if ($host = b.example) { return 301 https://$host$request_uri; }';
    const named = (name: string): string => server(name, redirect).replace('}', '} ');
    const lines = ['events {} http {', named('a.example'), named('b.example'), '}'];
    expect(linesOf('ws/redirect', lines, '1.31.5')).toEqual([]);
    expect(linesOf('ws/http-version', lines)).toEqual([2]);
  });

  it('are judged one by one where nginx refuses the configuration', () => {
    const bad = 'proxy_buffer_size 1k; proxy_buffer_size 2k;';
    const lines = ['events {} http {', server('a.example', bad), server('b.example', bad), '}'];
    expect(linesOf('ws/buffers', lines)).toEqual([2, 3]);
  });

  it('are alike with other files, names and addresses, and have the same finding each', () => {
    const lines = ['a', 'b', 'c'].map((name, at) =>
      server(
        `${name}.example`,
        `root /srv/${name}; access_log /var/log/${name}; proxy_set_header X-Site ${name};`,
      ).replace('127.0.0.1:9', `10.0.0.${at}:9000`),
    );
    expect(linesOf('ws/http-version', ['events {} http {', ...lines, '}'])).toEqual([2, 3, 4]);
    const limited = lines.map((line) => line.replace('listen', 'proxy_buffer_size 1k; listen'));
    expect(linesOf('ws/buffers', ['events {} http {', ...limited, '}'])).toEqual([2, 3, 4]);
  });

  it('are told apart where one passes requests to a server of this configuration', () => {
    const inner = 'server { listen 127.0.0.1:7000; location / { proxy_pass http://10.0.0.1:9; } }';
    const works = 'proxy_http_version 1.1;';
    const lines = [
      'events {} http {',
      server('a.example', works),
      server('b.example', works).replace('127.0.0.1:9', '127.0.0.1:7000'),
      inner,
      '}',
    ];
    expect(linesOf('ws/next-hop', lines, '1.31.5')).toEqual([4]);
    expect(linesOf('ws/next-hop', lines.toSpliced(2, 1), '1.31.5')).toEqual([]);
  });

  it('are told apart where their upstreams say something else than addresses', () => {
    const named = (name: string): string =>
      server(name).replaceAll('/ws/', '/socket.io/').replace('127.0.0.1:9', `up_${name}`);
    const upstream = (name: string, more: string): string =>
      `upstream up_${name} { ${more} server 10.0.0.1:1; server 10.0.0.2:1; }`;
    const lines = (more: string): string[] => [
      'events {} http {',
      `${upstream('a', 'ip_hash;')} ${upstream('b', more)}`,
      named('a'),
      named('b'),
      '}',
    ];
    expect(linesOf('ws/sticky', lines(''))).toHaveLength(1);
    expect(linesOf('ws/sticky', lines('ip_hash;'))).toHaveLength(0);
  });
});
