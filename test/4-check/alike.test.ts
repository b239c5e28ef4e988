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
});
