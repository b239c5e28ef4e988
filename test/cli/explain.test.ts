import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Project } from './run.ts';

const good = `events {}
http {
    upstream app { server 127.0.0.1:9000; server 127.0.0.1:9001; }
    server {
        listen 8080;
        server_name example.com;
        location /ws/ {
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
        }
        location /api/ { proxy_pass http://app; }
        location = /old { return 301 /ws/; }
    }
}
`;
const project = new Project({
  'part.conf': 'server { listen 8080; location / { proxy_pass http://127.0.0.1:9000; } }\n',
  'nginx.conf': good,
  'broken.conf': good.replace('$http_upgrade', 'http_upgrade'),
  'by-version.conf': good.replace('proxy_http_version 1.1;', ''),
  'refused.conf': good.replace('http://app', 'ws://app'),
  'misplaced.conf': good.replace('proxy_http_version 1.1;', 'if ($http_upgrade) { proxy_http_version 1.1; }'),
  'add-on.conf': good.replace('proxy_http_version 1.1;', 'modsecurity on;'),
  'limited.conf': good
    .replace('http {', 'http { limit_req_zone $host zone=z:1m rate=1r/s; limit_req zone=z;')
    .replace(
      'location /api/ { proxy_pass',
      'location /api/ { proxy_set_header Connection upgrade; proxy_set_header Upgrade $http_upgrade; proxy_http_version 1.1; proxy_pass',
    ),
  'requests.jsonl': ['/ws/a', '/ws/b', '/old']
    .map((path, at) => {
      const raw = `GET ${path} HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
      return JSON.stringify({ name: `r${at}`, raw });
    })
    .join('\n'),
  'no-http.conf': 'events {}\n',
  'head.txt': 'POST /api/x HTTP/1.0\r\nHost: example.com\r\n\r\n',
});
afterAll(() => project.remove());

const url = 'ws://example.com:8080/ws/';
const newest = ['--target', '1.31.5'];

async function json(...argv: readonly string[]) {
  const { code, out } = await project.run(['explain', ...argv, '--format', 'json']);
  return { code, value: JSON.parse(out) };
}

describe('exit code and verdict', () => {
  it('is 0 for an upgrade that works', async () => {
    const { code, value } = await json('nginx.conf', url, ...newest);
    expect(code).toBe(0);
    expect(value).toMatchObject({
      version: 1,
      target: '1.31.5',
      verdict: 'upgrades',
      reasons: [],
      response: null,
      server: { names: ['example.com'], line: 4 },
      location: { modifier: '', pattern: '/ws/', line: 7 },
      upstream: { address: '127.0.0.1:9000', scheme: 'http' },
    });
    expect(value.upstream.head).toMatch(/^GET \/ws\/ HTTP\/1\.1\r\n.*\r\n\r\n$/s);
    expect(value.server.why).not.toBe('');
    expect(value.location.why).not.toBe('');
  });

  it('is 1 for one that fails, with the first broken link and what to do', async () => {
    const { code, value } = await json('broken.conf', url, ...newest);
    expect(code).toBe(1);
    expect(value.verdict).toBe('fails');
    expect(value.reasons[0]).toMatchObject({ code: 'ws/upgrade-header', line: 10 });
    expect(value.reasons[0].fix).toContain('$http_upgrade');
  });

  it('is 1 for a refused configuration, and the rest is null', async () => {
    const { code, value } = await json('refused.conf', url, ...newest);
    expect(code).toBe(1);
    expect(value.config.ok).toBe(false);
    expect(value.config.diagnostics[0]).toMatchObject({ message: 'invalid URL prefix', line: 8 });
    expect([value.request, value.upstream, value.verdict]).toEqual([null, null, null]);
  });

  it('is 2 for wrong usage', async () => {
    for (const argv of [
      ['missing.conf', url],
      ['nginx.conf', 'ftp://x/'],
      ['nginx.conf', url, '--raw', 'head.txt'],
    ])
      expect((await project.run(['explain', ...argv])).code).toBe(2);
  });

  it('counts with --plain whether the request reaches the upstream', async () => {
    expect((await json('nginx.conf', 'http://example.com:8080/api/', '--plain', ...newest)).code).toBe(0);
    expect((await json('nginx.conf', 'http://example.com:8080/old', '--plain', ...newest)).code).toBe(1);
  });
});

describe('the request', () => {
  it('takes headers, method and version', async () => {
    const { value } = await json(
      'nginx.conf',
      url,
      '-H',
      'Host: other',
      '-H',
      'X-A: b',
      '--method',
      'POST',
      '--http',
      '1.0',
      ...newest,
    );
    expect(value.request).toMatchObject({ method: 'POST', version: 'HTTP/1.0', host: 'other' });
    expect(value.request.headers).toContainEqual(['X-A', 'b']);
  });

  it('is read from a file as it is', async () => {
    const { value } = await json('nginx.conf', '--raw', 'head.txt', ...newest);
    expect(value.verdict).toBe('plain');
    expect(value.upstream.head).toContain('POST /api/x HTTP/1.1\r\n');
  });

  it('may be one of many: answers in order, and round robin goes on', async () => {
    const { code, out } = await project.run([
      'explain',
      'nginx.conf',
      '--requests',
      'requests.jsonl',
      '--format',
      'json',
      ...newest,
    ]);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(answers.map(({ name }) => name)).toEqual(['r0', 'r1', 'r2']);
    expect(answers.map(({ upstream }) => upstream?.address)).toEqual([
      '127.0.0.1:9000',
      '127.0.0.1:9001',
      undefined,
    ]);
    expect(answers[2].response).toMatchObject({ status: 301 });
  });
});

describe('versions', () => {
  it('tells apart what differs', async () => {
    const { code, value } = await json('by-version.conf', url);
    expect(code).toBe(0);
    expect(
      value.targets.map(({ range, verdict }: { range: string; verdict: string }) => [range, verdict]),
    ).toContainEqual(['>=1.29.7', 'upgrades']);
    expect(value.targets.at(-1).verdict).toBe('fails');
  });
});

describe('for people', () => {
  it('shows the way, the head and the broken link', async () => {
    const { out } = await project.run(['explain', 'broken.conf', url, ...newest]);
    for (const text of [
      'server',
      'location',
      '/ws/',
      '✗ Upgrade with the token websocket',
      'ws/upgrade-header',
      'the upgrade fails',
    ])
      expect(out).toContain(text);
  });

  it('lists every location that can reach an upstream', async () => {
    const { code, out } = await project.run(['explain', 'nginx.conf', '--all', ...newest]);
    expect(code).toBe(1);
    expect(out).toMatch(/upgrades +\/ws\//);
    expect(out).toMatch(/fails +\/api\//);
  });

  it('draws a page of its own, without anything from elsewhere', async () => {
    const { out } = await project.run(['explain', 'broken.conf', url, '--format', 'html', ...newest]);
    expect(out).toMatch(/^<!doctype html>/i);
    expect(out).toContain('<svg');
    expect(out).toContain('prefers-color-scheme');
    expect(out).not.toMatch(/(src|href)="https?:/);
  });

  it('draws a diagram', async () => {
    const { out } = await project.run(['explain', 'broken.conf', url, '--format', 'mermaid', ...newest]);
    expect(out).toMatch(/^(flowchart|graph) /m);
    expect((await project.run(['explain', 'nginx.conf', '--format', 'mermaid', ...newest])).out).toMatch(
      /^(flowchart|graph) /m,
    );
  });

  it('goes into a file, whose folder is made, without colours', async () => {
    const argv = ['explain', 'nginx.conf', '-o', 'made/here.txt', ...newest];
    const { out } = await project.run(argv, { env: { FORCE_COLOR: '1' } });
    expect(out).toBe('');
    const written = readFileSync(project.path('made/here.txt'), 'utf8');
    expect(written).toContain('1 of 2 locations upgrade on nginx 1.31.5');
    expect(written).not.toContain('\x1b');
  });

  it('verifies on loopback', async () => {
    const { code, err } = await project.run(['explain', 'nginx.conf', url, '--verify', ...newest]);
    expect(err).toContain('reality agrees');
    expect(code).toBe(0);
  });
});

describe('explain of a configuration that serves no HTTP', () => {
  it('says that nobody answers', async () => {
    const { code, value } = await json('no-http.conf', url, ...newest);
    expect(code).toBe(1);
    expect(value).toMatchObject({ verdict: 'fails', reasons: [{ code: 'ws/no-server' }] });
  });
});

describe('what nginx refuses', () => {
  it('is told to be a part of a configuration, if it is one', async () => {
    const { err } = await project.run(['explain', 'part.conf', '/ws/']);
    expect(err).toBe(
      'hopwright: part.conf is what stands in http, not a whole configuration: name the one that includes it\n',
    );
    expect((await project.run(['explain', 'refused.conf', '/ws/'])).err).toBe('');
    expect((await project.run(['compile', 'part.conf'])).err).toContain('part.conf is what stands in http');
    expect((await project.run(['serve', 'part.conf'])).err).toContain('part.conf is what stands in http');
  });

  it('comes with where a directive may stand', async () => {
    const { value } = await json('misplaced.conf', url, ...newest);
    expect(value.config.diagnostics[0]).toMatchObject({ code: 'nginx/not-allowed-here' });
    expect(value.config.diagnostics[0].fix).toContain('"location"');
  });

  it.each([
    ['pretty', 'nginx would not start'],
    ['json', '"ok": false'],
    ['html', '<!doctype html>'],
    ['mermaid', 'flowchart LR'],
  ])('is told in the format that was asked for: %s', async (format, text) => {
    for (const asked of [[], [url]]) {
      const argv = ['explain', 'refused.conf', ...asked, '--format', format, ...newest];
      const { code, out } = await project.run(argv);
      expect(code).toBe(1);
      expect(out).toContain(text);
    }
  });

  it('for want of an add-on is told too', async () => {
    const { out } = await project.run(['explain', 'add-on.conf', url, ...newest]);
    expect(out).toContain('unknown directive "modsecurity"');
  });
});

describe('every location', () => {
  it('is asked with the headers given, in place of the default ones', async () => {
    const header = ['-H', 'Upgrade: none', '-H', 'Host: other.example'];
    const { value } = await json('nginx.conf', ...header, ...newest);
    const names = value.locations[0].request.headers.map(([name]: [string]) => name.toLowerCase());
    expect(names).toEqual(expect.arrayContaining(['upgrade', 'host']));
    expect(new Set(names).size).toBe(names.length);
    expect(value.locations[0].request.host).toBe('other.example');
  });

  it('is tried by itself: limits do not count the others', async () => {
    const { code, out } = await project.run(['explain', 'limited.conf', ...newest]);
    expect(out).not.toContain('limit_req');
    expect(code).toBe(0);
  });
});
