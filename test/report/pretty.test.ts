import { expect, test } from 'vitest';
import { diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import { render, sampleReport } from './sample.ts';

test('pretty shows the wrong line, the missing line, the way there and advice, errors first', async () => {
  expect(await render('pretty')).toBe(`error[ws/connection]: Connection is not forwarded
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

warning[nginx/x]: bad \\x1b[31m <&> "100%"
 --> a b.conf:5:9
  |
4 |         listen 80;
5 -         location /chät/ {
  |         ^^^^^^^^^^^^^^^^
  +         loc /chät/ {
6 |         proxy_pass http://backend;
  |
  = fix: Rename

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

/** The frame of what `marked` finds in a file with this one line, in an output of 100 columns. */
async function frameOf(line: string, marked: string): Promise<string[]> {
  const report = sampleReport();
  const text = Buffer.from(line, 'utf8').toString('latin1');
  const start = text.indexOf(Buffer.from(marked, 'utf8').toString('latin1'));
  const span = { start, end: start + Buffer.byteLength(marked) };
  const diagnostics = [
    { ...report.diagnostics[0]!, file: new SourceFile('/work/a.conf', text), span, fixes: [], related: [] },
  ];
  return (await render('pretty', { ...report, diagnostics })).split('\n').slice(3, 5);
}

test('carets stand under wide characters as a terminal shows them', async () => {
  expect(await frameOf('return 200 "日本" テスト x;', 'テスト')).toEqual([
    '1 | return 200 "日本" テスト x;',
    '  |                   ^^^^^^',
  ]);
});

test('a cut line says on which side it goes on', async () => {
  const [front] = await frameOf(`first ${'日本'.repeat(100)}`, 'first');
  expect(front).toMatch(/^1 \| first 日.*本…$|^1 \| first 日.*日…$/);
  const [back] = await frameOf(`${'é'.repeat(200)} last;`, 'last');
  expect(back).toMatch(/^1 \| …é+ last;$/);
});

test('characters that one does not see are written out', async () => {
  expect((await frameOf('\ufefflisten\u00a080;', 'listen'))[0]).toBe('1 | \\ufefflisten\\xa080;');
});

test('information says what to do, or else why', async () => {
  const report = sampleReport();
  const one = {
    ...report.diagnostics[0]!,
    severity: 'info' as const,
    detail: 'Older versions refuse it.',
    help: null,
  };
  expect(await render('pretty', { ...report, diagnostics: [one] })).toContain(
    '\n  = Older versions refuse it.\n',
  );
});

test('a long line with a small change is cut around the change', async () => {
  const line = `${'listen 80; '.repeat(50)}lisen 81;${' listen 80;'.repeat(30)}`;
  const file = new SourceFile('/work/long.conf', line);
  const start = line.indexOf('lisen');
  const span = { start, end: start + 5 };
  const fixes = [{ title: 'Write "listen"', edits: [{ file, ...span, text: 'listen' }] }];
  const one = diagnostic({ code: 'nginx/x', severity: 'error', message: 'bad', file, span, fixes });
  const text = await render('pretty', { ...sampleReport(), diagnostics: [one] });
  expect(Math.max(...text.split('\n').map((each) => each.length))).toBeLessThan(110);
  expect(text).toMatch(/^ {2}\+ ….* listen 81; .*…$/m);
});

test('of a line that is too long to find a change in, the title of the fix is enough', async () => {
  const file = new SourceFile('/work/long.conf', ';'.repeat(100_000));
  const span = { start: 50_000, end: 50_001 };
  const fixes = [{ title: 'Remove it', edits: [{ file, ...span, text: '' }] }];
  const one = diagnostic({ code: 'nginx/x', severity: 'error', message: 'bad', file, span, fixes });
  const text = await render('pretty', { ...sampleReport(), diagnostics: [one] });
  expect(text.length).toBeLessThan(1000);
  expect(text).toContain('fix: Remove it');
});
