import { expect, test } from 'vitest';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import { SourceFile } from '../../../src/text/source-file.ts';

function logOrigins(http: string): number[] {
  const text = `events {}\nhttp { ${http} server { listen 8080; } }\n`;
  const config = resolve(new SourceFile('/etc/nginx/nginx.conf', text), {
    target: '1.31.5',
    prefix: '/etc/nginx/',
  });
  if (!config.verdict.ok) throw new Error(config.verdict.message);
  return lower(config).plan.http!.accessLogs.map(({ origin }) => origin);
}

test('the access log that nobody wrote has no origin', () => {
  expect(logOrigins('')).toEqual([-1]);
});

test('the default access log, written out, has one', () => {
  const [origin, ...others] = logOrigins('access_log logs/access.log;');
  expect(origin).toBeGreaterThanOrEqual(0);
  expect(others).toEqual([]);
});
