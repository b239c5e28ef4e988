import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/cli/nginx/layout.ts';
import { parseNginxOptions, type NginxOptions } from '../../src/cli/nginx/options.ts';

const parsed = (...argv: string[]): NginxOptions => {
  const options = parseNginxOptions(argv);
  if (typeof options === 'string') throw new Error(options);
  return options;
};

describe('parseNginxOptions', () => {
  test('combines letters and takes values joined or apart', () => {
    expect(parsed('-tqcfoo.conf', '-p', '/x')).toMatchObject({
      test: true,
      quiet: true,
      configuration: 'foo.conf',
      prefix: '/x',
    });
  });

  test('-T tests too, -V shows the version too', () => {
    expect(parsed('-T')).toMatchObject({ test: true, dump: true });
    expect(parsed('-V')).toMatchObject({ version: true, configure: true });
    expect(parsed('-?')).toMatchObject({ version: true, help: true });
  });

  test('takes "-e stderr" as the standard error', () => {
    expect(parsed('-e', 'stderr').errorLog).toBe('');
  });

  test.each([
    [['x'], 'invalid option: "x"'],
    [['-x'], 'invalid option: "x"'],
    [['-c'], 'option "-c" requires file name'],
    [['-p'], 'option "-p" requires directory name'],
    [['-g'], 'option "-g" requires parameter'],
    [['-tqs'], 'option "-s" requires parameter'],
    [['-s', 'die'], 'invalid option: "-s die"'],
  ])('refuses %j as nginx does', (argv, message) => {
    expect(parseNginxOptions(argv)).toBe(message);
  });
});

describe('layoutOf', () => {
  test('finds the configuration relative to the prefix', () => {
    expect(layoutOf(parsed('-p', '/srv/x', '-c', 'conf/nginx.conf', '-e', 'e.log'), '/')).toEqual({
      prefix: '/srv/x/',
      configuration: '/srv/x/conf/nginx.conf',
      errorLog: '/srv/x/e.log',
    });
  });

  test('takes a relative prefix from the working directory', () => {
    expect(layoutOf(parsed('-p', 'here/', '-c', 'n.conf'), '/home/me').configuration).toBe(
      '/home/me/here/n.conf',
    );
  });
});
