import { expect, test } from 'vitest';
import { render, sampleReport } from './sample.ts';

test('pretty shows the wrong line, the missing line, the way there and advice', async () => {
  expect(await render('pretty')).toBe(`warning[nginx/x]: bad \\x1b[31m <&> "100%"
 --> a b.conf:5:9
  |
4 |         listen 80;
5 -         location /chät/ {
  |         ^^^^^^^^^^^^^^^^
  +         loc /chät/ {
6 |         proxy_pass http://backend;
  |
  = fix: Rename

error[ws/connection]: Connection is not forwarded
 --> a b.conf:7:13
  |
6 |         proxy_pass http://backend;
7 |             proxy_set_header Upgrade $http_upgrade;
  |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  +             proxy_set_header Connection $connection_upgrade;
8 |         }
  |
  = The upstream answers 400.
  = note: this location: a b.conf:5:9
      5 | location /chät/ {
  = help: Add the header.
  = fix: Set Connection
  = fix: Add the map
 --> a b.conf:3:1
2 | http {
  +     map $http_upgrade $connection_upgrade {
  +     }
3 |     server {

1 error and 1 warning in 2 files (1 silenced), target any
`);
});

test('pretty colours only when asked, and never lets control bytes of the configuration through', async () => {
  expect(await render('pretty')).not.toContain('\x1b');
  const colored = await render('pretty', undefined, { color: true });
  expect(colored).toContain('\x1b[31m');
  expect(colored).not.toContain('\x1b[31m <&>');
});

test('compact has one line per diagnostic and a summary', async () => {
  expect(await render('compact')).toBe(
    'a b.conf:5:9: warning: bad \\x1b[31m <&> "100%" [nginx/x]\n' +
      'a b.conf:7:13: error: Connection is not forwarded [ws/connection]\n' +
      '1 error and 1 warning in 2 files (1 silenced), target any\n',
  );
});

test('a very long line is cut around what matters', async () => {
  const report = sampleReport();
  const [one] = report.diagnostics;
  const file = new (one!.file.constructor as any)(
    '/work/long.conf',
    `${'x'.repeat(5000)}HERE${'y'.repeat(5000)}`,
  );
  const span = { start: 5000, end: 5004 };
  const text = await render('pretty', {
    ...report,
    diagnostics: [{ ...one!, file, span, fixes: [] }],
  });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(110);
  expect(text).toContain('HERE');
  expect(text).toContain('^^^^');
});
