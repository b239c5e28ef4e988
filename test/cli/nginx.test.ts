import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const command = resolve(import.meta.dirname, '../../bin/hopwright-nginx.js');
const nginx = '/usr/sbin/nginx';
const hasNginx = /nginx\/1\.22\.1\b/.test(spawnSync(nginx, ['-v'], { encoding: 'latin1' }).stderr ?? '');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-nginx-'));
  mkdirSync(join(folder, 'conf.d'));
  write('empty.conf', 'pid p.pid; events {}\n');
  write('server.conf', 'server { listen 26030; return 200; }\n');
  write(
    'good.conf',
    'pid p.pid; events {}\nhttp {\n  access_log off;\n  include server.conf;\n  include conf.d/*.conf;\n}\n',
  );
  write('unknown.conf', 'pid p.pid;\nevents {}\nfoo bar;\n');
  write('events.conf', 'pid p.pid;\n');
  write('pid.conf', 'pid missing/p.pid; events {}\n');
  write('log.conf', 'pid p.pid; events {}\nhttp { access_log missing/a.log; server { listen 26030; } }\n');
  write(
    'tls.conf',
    'pid p.pid; events {}\nhttp { access_log off; server { listen 26030 ssl; ssl_certificate no.crt; ssl_certificate_key no.key; } }\n',
  );
  write(
    'names.conf',
    'pid p.pid; events {}\nhttp { access_log off; server { listen 26030; server_name a; } server { listen 26030; server_name a; } }\n',
  );
});
const passwordFiles = {
  'password-http.conf': 'ssl_password_file /no-such;',
  'password-folder.conf': 'ssl_password_file /tmp;',
  'password-proxy.conf': 'proxy_ssl_password_file /no-such;',
  'password-grpc.conf': 'grpc_ssl_password_file /no-such;',
  'password-uwsgi.conf': 'uwsgi_ssl_password_file no-such;',
};
beforeAll(() => {
  for (const [name, line] of Object.entries(passwordFiles))
    write(name, `pid p.pid; events {}\nhttp { access_log off;\n${line} }\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

function run(binary: string, args: readonly string[]): Outcome {
  const env = { ...process.env, HOPWRIGHT_TARGET: '1.22.1' };
  const { status, stdout, stderr } = spawnSync(binary, args, { encoding: 'latin1', env, timeout: 120_000 });
  return { status, out: stdout, err: stderr };
}

const at = (conf: string, ...args: string[]): string[] => [...args, '-p', folder, '-c', conf, '-e', 'e.log'];

describe('hopwright-nginx', () => {
  test('tells its version and what is built in, with nginx first', () => {
    expect(run(command, ['-v'])).toMatchObject({
      status: 0,
      err: expect.stringMatching(/^nginx version: nginx\/1\.22\.1 \(hopwright /),
    });
    const { err } = run(command, ['-V']);
    expect(err).toMatch(/^built with OpenSSL \d+\.\d+\.\d+$/m);
    expect(err).toMatch(/^TLS SNI support enabled$/m);
    expect(err).toMatch(/^configure arguments: .*--with-http_ssl_module/m);
  });

  test('explains its options', () => {
    expect(run(command, ['-h']).err).toMatch(/\nUsage: nginx \[-\?hvVtTq\] \[-s signal\]/);
  });

  test('refuses unknown options with status 1', () => {
    expect(run(command, ['-x'])).toEqual({ status: 1, out: '', err: 'nginx: invalid option: "x"\n' });
  });

  test('says both success lines for a good configuration', () => {
    expect(run(command, at('good.conf', '-t'))).toEqual({
      status: 0,
      out: '',
      err:
        `nginx: the configuration file ${folder}/good.conf syntax is ok\n` +
        `nginx: configuration file ${folder}/good.conf test is successful\n`,
    });
  });

  test('writes what it says to the log of -e as well, in the form of a log', () => {
    write('e2.log', '');
    run(command, ['-t', '-p', folder, '-c', 'unknown.conf', '-e', 'e2.log']);
    expect(readFileSync(join(folder, 'e2.log'), 'latin1')).toMatch(
      /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[emerg\] (\d+)#\1: unknown directive "foo" in .*\/unknown\.conf:3\n$/,
    );
  });

  test('refuses a HOPWRIGHT_TARGET that is no version', () => {
    const env = { ...process.env, HOPWRIGHT_TARGET: 'newest' };
    const { status, stderr } = spawnSync(command, at('good.conf', '-t'), {
      encoding: 'latin1',
      env,
      timeout: 120_000,
    });
    expect(status).toBe(1);
    expect(stderr).toBe('nginx: HOPWRIGHT_TARGET is "newest": neither a version such as 1.31.5 nor "any"\n');
  });

  test('has nothing to signal without a pid file', () => {
    write('nopid.conf', 'pid nopid.pid; events {}\n');
    expect(run(command, at('nopid.conf', '-s', 'quit'))).toEqual({
      status: 1,
      out: '',
      err: `nginx: [error] open() "${folder}/nopid.pid" failed (2: No such file or directory)\n`,
    });
  });
});

describe.skipIf(!hasNginx)('hopwright-nginx beside nginx 1.22.1', () => {
  test.each([
    ['empty.conf', ['-t']],
    ['good.conf', ['-T']],
    ['good.conf', ['-tq']],
    ['good.conf', ['-t', '-g', 'foo;']],
    ['good.conf', ['-t', '-g', 'pid x']],
    ['unknown.conf', ['-t']],
    ['unknown.conf', ['-T']],
    ['events.conf', ['-t']],
    ['pid.conf', ['-t']],
    ['log.conf', ['-t']],
    ['tls.conf', ['-t']],
    ['names.conf', ['-t']],
    ['missing.conf', ['-t']],
    ['unknown.conf', ['-s', 'stop']],
    ...Object.keys(passwordFiles).map((name): [string, string[]] => [name, ['-t']]),
  ])('answers alike: %s %j', (conf, args) => {
    expect(run(command, at(conf, ...args))).toEqual(run(nginx, at(conf, ...args)));
  });
});
