import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Project } from './run.ts';

const clean = 'events {}\nhttp {\n    server {\n        listen 8080;\n    }\n}\n';
const warns = 'events {}\nhttp {\n    ssl_protocols TLSv1;\n}\n';
const broken = 'events {}\nhttp {\n    servr_tokens off;\n}\n';

let project: Project | undefined;
const create = (files: Record<string, string>): Project => (project = new Project(files));
afterEach(() => project?.remove());

describe('exit codes', () => {
  test('0 without findings at the failing level, 1 with, 2 for usage', async () => {
    const { run } = bound(create({ 'a.conf': clean, 'w.conf': warns, 'b.conf': broken }));
    expect((await run(['lint', 'a.conf'])).code).toBe(0);
    expect((await run(['lint', 'w.conf'])).code).toBe(0);
    expect((await run(['lint', 'w.conf', '--fail-on', 'warning'])).code).toBe(1);
    expect((await run(['lint', 'w.conf', '--max-warnings', '0'])).code).toBe(1);
    expect((await run(['lint', 'b.conf'])).code).toBe(1);
    expect((await run(['lint', 'b.conf', '--fail-on', 'never'])).code).toBe(0);
    expect((await run(['lint', '--nonsense'])).code).toBe(2);
    expect((await run(['lint', 'missing.conf'])).code).toBe(2);
    expect((await run(['frob'])).code).toBe(2);
    expect((await run([])).code).toBe(2);
    expect((await run(['--help'])).code).toBe(0);
    expect((await run(['--version'])).out).toMatch(/^hopwright \d/);
  });

  test('a usage error is one line on standard error', async () => {
    const { run } = bound(create({}));
    for (const argv of [['lint', '--nonsense'], ['lint', 'x.conf'], ['frob'], ['lint', '--target', '1']]) {
      const { err, out } = await run(argv);
      expect(err).toMatch(/^hopwright: [^\n]+\n$/);
      expect(out).toBe('');
    }
  });

  test('a file that cannot be parsed is never without findings, whatever is switched off', async () => {
    const p = create({ 'a.conf': 'http {', 'hopwright.config.json': '{"rules":{"nginx/*":"off"}}' });
    const { code, json } = await p.lint(['a.conf', '--rule', 'nginx/*:off']);
    expect(code).toBe(1);
    expect(json.diagnostics.length).toBeGreaterThan(0);
  });
});

describe('what is linted', () => {
  test('a folder: its main file with what it includes, and the fragments that nothing includes', async () => {
    const p = create({
      'etc/nginx.conf': 'events {}\nhttp {\n    include conf.d/*.conf;\n}\n',
      'etc/conf.d/a.conf': 'server {\n    listen 80;\n    bogus 1;\n}\n',
      'etc/snippets/proxy.conf': 'proxy_set_header Host $host;\nnonsense on;\n',
      'etc/php/www.conf': '[www]\nuser = nobody\n',
      'etc/ignored/x.conf': 'server {\n}\n',
      'etc/.gitignore': 'ignored/\n',
    });
    const { json } = await p.lint(['etc']);
    expect(json.roots.map((root: { file: string }) => root.file)).toEqual([
      'etc/nginx.conf',
      'etc/snippets/proxy.conf',
    ]);
    expect(
      json.diagnostics.map((one: any) => `${path.basename(one.file)}:${one.line} ${one.message}`),
    ).toEqual(['a.conf:3 unknown directive "bogus"', 'proxy.conf:2 unknown directive "nonsense"']);
    expect((await p.lint(['etc', '--no-ignore'])).json.roots).toHaveLength(3);
  });

  test('globs, several paths, and each file once', async () => {
    const p = create({ 'a.conf': clean, 'b.conf': clean, 'c.txt': clean });
    expect((await p.lint(['*.conf', 'a.conf', './b.conf'])).json.roots).toHaveLength(2);
    expect((await p.lint(['*.nothing'])).code).toBe(2);
  });

  test('an empty folder is an error, not a success', async () => {
    const p = create({ 'readme.txt': 'hello' });
    const { code, err } = await p.run(['lint', '.']);
    expect(code).toBe(2);
    expect(err).toContain('no nginx configuration');
  });

  test('standard input, under a name', async () => {
    const p = create({});
    const { code, json } = await p.lint(['-', '--stdin-filename', 'sites/x.conf'], { stdin: broken });
    expect(code).toBe(1);
    expect(json.diagnostics[0].file).toBe('sites/x.conf');
  });

  test('a file behind a link once, under the name that is included', async () => {
    const p = create({
      'nginx.conf': 'events {}\nhttp {\n    include sites-enabled/*;\n}\n',
      'sites-available/x.conf': 'server {\n    lisen 80;\n}\n',
      'sites-enabled/.keep': '',
    });
    symlinkSync('../sites-available/x.conf', p.path('sites-enabled/x.conf'));
    const { json } = await p.lint(['.']);
    expect(json.diagnostics.map((one: { file: string }) => one.file)).toEqual([
      p.path('sites-enabled/x.conf'),
    ]);
  });

  test('of files that include each other the main one, which tells of the cycle', async () => {
    const p = create({
      'etc/a.conf': 'include nginx.conf;\n',
      'etc/nginx.conf': 'include a.conf;\nevents {}\n',
    });
    const { code, json } = await p.lint(['etc']);
    expect(code).toBe(1);
    expect(json.roots).toHaveLength(1);
    expect(json.roots[0].nginx).toMatchObject({ ok: false, line: 1 });
  });

  test('a fragment in the nginx.conf above that includes it, telling of the fragment alone', async () => {
    const site = (variable: string): string =>
      `server {\n    listen 80;\n    location / {\n        return 200 ${variable};\n    }\n}\n`;
    const p = create({
      'nginx.conf':
        'events {}\nhttp {\n    map $uri $known { default 1; }\n    include conf.d/*.conf;\n    ssl_protocols TLSv1;\n}\n',
      'conf.d/a.conf': site('$known'),
      'conf.d/b.conf': site('$uri').replace('80', '81'),
      'other/c.conf': site('$knwn'),
    });
    expect((await p.lint(['conf.d/a.conf'])).json.diagnostics).toEqual([]);
    const typed = await p.lint(['-', '--stdin-filename', 'conf.d/a.conf'], { stdin: site('$knwn') });
    expect(typed.code).toBe(1);
    expect(typed.json.diagnostics).toMatchObject([
      { code: 'nginx/unknown-variable', file: p.path('conf.d/a.conf'), line: 4 },
    ]);
    expect(typed.json.files).toEqual([p.path('conf.d/a.conf')]);
    expect(typed.json.roots).toMatchObject([{ file: 'nginx.conf', nginx: { ok: false } }]);
    const socket =
      'location /ws/ { proxy_pass http://127.0.0.1:9; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }';
    for (const name of ['a', 'b'])
      p.write(`conf.d/${name}.conf`, `server { listen 127.0.0.1:80${name === 'a' ? 1 : 2}; ${socket} }\n`);
    const second = await p.run(['lint', 'conf.d/b.conf', '--format', 'compact']);
    expect(second.out).toContain('b.conf:1:');
    expect(second.out).toContain('[ws/idle-timeout]');
    expect(second.out).not.toContain('other place');
    const alone = await p.lint(['other/c.conf']);
    expect(alone.json.roots).toMatchObject([{ file: 'other/c.conf' }]);
  });

  test('a fragment in the context it fits, or in the one that is told', async () => {
    const p = create({ 'f.conf': 'server {\n    listen 80;\n}\n' });
    expect((await p.lint(['f.conf'])).json.roots[0].nginx).toEqual({ ok: true });
    const { json } = await p.lint(['f.conf', '--context', 'main']);
    expect(json.roots[0].nginx.message).toContain('"server" directive is not allowed here');
    expect((await p.run(['lint', 'f.conf', '--context', 'nowhere'])).code).toBe(2);
  });

  test('templates with --define', async () => {
    const p = create({ 't.conf': 'events {}\nhttp {\n    server {\n        listen ${PORT};\n    }\n}\n' });
    expect((await p.lint(['t.conf', '--define', 'PORT=8080'])).json.roots[0].nginx.ok).toBe(true);
  });
});

describe('targets', () => {
  test('a handshake reaches servers of a template, whose names are not known yet', async () => {
    const socket = (name: string): string => `server {
    listen \${PORT};
    server_name \${${name}};
    location /ws/ {
        proxy_pass http://\${UPSTREAM};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        proxy_set_header Host $host;
    }
}
`;
    const p = create({ 'templates/default.conf.template': socket('NGINX_HOST') + socket('OTHER_HOST') });
    const { code, json } = await p.lint(['templates']);
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ errors: 0, warnings: 0 });
  });

  test('option before configuration before HOPWRIGHT_TARGET before any', async () => {
    const p = create({ 'a.conf': clean });
    expect((await p.lint(['a.conf'])).json.target).toBe('any');
    expect((await p.lint(['a.conf'], { env: { HOPWRIGHT_TARGET: '1.22.1' } })).json.target).toBe('1.22.1');
    expect((await p.lint(['a.conf', '--target', '1.31.5'])).json.target).toBe('1.31.5');
    expect((await p.run(['lint', 'a.conf'], { env: { HOPWRIGHT_TARGET: 'new' } })).code).toBe(2);
    p.write('hopwright.config.json', '{"target":"1.25.1"}');
    expect((await p.lint(['a.conf'], { env: { HOPWRIGHT_TARGET: '1.22.1' } })).json.target).toBe('1.25.1');
    expect((await p.lint(['a.conf', '--target', 'any'])).json.target).toBe('any');
  });
});

describe('selecting findings', () => {
  test('--rule changes a severity or switches a rule off; unknown codes are refused', async () => {
    const p = create({ 'w.conf': warns });
    expect((await p.lint(['w.conf', '--rule', 'tls/protocols:error'])).code).toBe(1);
    expect((await p.lint(['w.conf', '--rule', 'tls/*:off'])).json.diagnostics).toEqual([]);
    const { err } = await p.run(['lint', 'w.conf', '--rule', 'protocols:off']);
    expect(err).toContain('did you mean tls/protocols?');
  });

  test('--quiet shows errors only but still counts warnings', async () => {
    const p = create({ 'w.conf': warns });
    const { code, json } = await p.lint(['w.conf', '--quiet', '--max-warnings', '0']);
    expect(json.diagnostics).toEqual([]);
    expect(code).toBe(1);
  });

  test('a baseline silences what was there, and only that', async () => {
    const p = create({ 'w.conf': warns });
    expect((await p.run(['lint', 'w.conf', '--baseline', 'base.json'])).code).toBe(2);
    await p.run(['lint', 'w.conf', '--baseline', 'base.json', '--update-baseline']);
    expect((await p.lint(['w.conf', '--baseline', 'base.json'])).json.diagnostics).toEqual([]);
    p.write('w.conf', `# moved\n${warns.replace('}', '    error_log off;\n}')}`);
    p.write('w.conf', `# moved\n${warns}error_log off;\n`);
    const { json } = await p.lint(['w.conf', '--baseline', 'base.json']);
    expect(json.diagnostics.map((one: any) => one.code)).toEqual(['logging/error-log-off']);
  });

  test('--output writes the report to a file', async () => {
    const p = create({ 'w.conf': warns });
    const { out } = await p.run(['lint', 'w.conf', '--format', 'sarif', '--output', 'r.sarif']);
    expect(out).toBe('');
    expect(JSON.parse(readFileSync(path.join(p.folder, 'r.sarif'), 'utf8')).version).toBe('2.1.0');
  });
});

describe('fixes', () => {
  const fixable = 'events {}\nhttp {\n    ssl_protocols TLSv1 TLSv1.2; # keep me\n}\n';

  test('--fix-dry-run prints a unified diff and writes nothing', async () => {
    const p = create({ 'f.conf': fixable });
    const { out } = await p.run(['lint', 'f.conf', '--fix-dry-run']);
    expect(out).toContain('--- a/f.conf\n+++ b/f.conf\n@@');
    expect(out).toContain(
      '-    ssl_protocols TLSv1 TLSv1.2; # keep me\n+    ssl_protocols TLSv1.2; # keep me\n',
    );
    expect(readFileSync(path.join(p.folder, 'f.conf'), 'utf8')).toBe(fixable);
  });

  test('--fix changes the file, keeps comments and bytes, and has nothing left to do', async () => {
    const p = create({ 'f.conf': `# \xff\n${fixable}` });
    const { err } = await p.run(['lint', 'f.conf', '--fix']);
    expect(err).toContain('made 1 fix in 1 file');
    expect(readFileSync(path.join(p.folder, 'f.conf'), 'latin1')).toBe(
      `# \xff\n${fixable.replace('TLSv1 TLSv1.2', 'TLSv1.2')}`,
    );
    expect((await p.run(['lint', 'f.conf', '--fix'])).err).toContain('made 0 fixes');
  });

  test('--fix prints the fixed text of standard input, and writes no file', async () => {
    const typed = `# \xff\n${fixable}`;
    const fixed = typed.replace('TLSv1 TLSv1.2', 'TLSv1.2');
    const p = create({ 'f.conf': 'events {}\n' });
    for (const name of [['-'], ['-', '--stdin-filename', 'f.conf'], ['-', '--stdin-filename', 'new.conf']]) {
      const { out, err, code } = await p.run(['lint', '--fix', ...name], { stdin: typed });
      expect(out).toBe(fixed);
      expect(err).toContain('made 1 fix');
      expect(err).toContain('target any\n');
      expect(code).toBe(0);
    }
    expect(readFileSync(p.path('f.conf'), 'latin1')).toBe('events {}\n');
    expect(existsSync(p.path('new.conf'))).toBe(false);
  });

  test('--fix prints standard input as it is where nothing is to be fixed', async () => {
    expect((await create({}).run(['lint', '--fix', '-'], { stdin: 'events {}\n' })).out).toBe('events {}\n');
  });

  test('--fix-dry-run compares with what came through standard input, not with the file of that name', async () => {
    const p = create({ 'f.conf': 'events {}\n' });
    const argv = ['lint', '--fix-dry-run', '-', '--stdin-filename', 'f.conf'];
    const { out } = await p.run(argv, { stdin: fixable });
    expect(out).toContain('-    ssl_protocols TLSv1 TLSv1.2; # keep me\n');
    expect(out).not.toContain('+http {');
  });

  test('--fix-dry-run with a format for machines leaves standard output to the diff', async () => {
    const { out, err } = await create({ 'f.conf': fixable }).run([
      'lint',
      'f.conf',
      '--fix-dry-run',
      '--format',
      'json',
    ]);
    expect(out.startsWith('--- a/f.conf\n')).toBe(true);
    expect(out).not.toContain('"version"');
    expect(err).toContain('"version": 1');
  });

  test('--fix takes standard input or files, not both', async () => {
    const { code, err } = await create({ 'f.conf': fixable }).run(['lint', '--fix', '-', 'f.conf'], {
      stdin: fixable,
    });
    expect({ code, err }).toEqual({
      code: 2,
      err: 'hopwright: --fix takes either standard input or files, not both\n',
    });
  });
});

function bound(p: Project): { run: Project['run'] } {
  return { run: (argv, options) => p.run(argv, options) };
}
