import { expect, test } from 'vitest';
import { lint } from '../../src/4-check/lint.ts';
import { SourceFile } from '../../src/text/source-file.ts';

function codes(text: string): string[] {
  return lint(new SourceFile('/x.conf', text)).diagnostics.map(
    (one) => `${one.file.lineAt(one.span.start)} ${one.code}`,
  );
}

const wrap = (inner: string): string => `events {}\nhttp {\n${inner}}\n`;

test('a comment at the end of a line silences that line', () => {
  expect(codes(wrap('ssl_protocols TLSv1; # hopwright-ignore tls/protocols: old phones\n'))).toEqual([]);
});

test('a comment on a line of its own silences the next statement with all it contains, and no more', () => {
  const server = 'server {\n    ssl_protocols TLSv1;\n}\n';
  expect(codes(wrap(`# hopwright-ignore tls/*: old phones\n${server}`))).toEqual([]);
  expect(
    codes(
      wrap(
        `# hopwright-ignore tls/*: old phones\n${server}server {\n    listen 81;\n    ssl_protocols TLSv1;\n}\n`,
      ),
    ),
  ).toEqual(['9 tls/protocols']);
});

test('hopwright-ignore-file silences the file, and several codes may be named', () => {
  expect(
    codes(
      wrap(
        '# hopwright-ignore-file tls/protocols, logging/error-log-off: legacy\nerror_log off;\nssl_protocols TLSv1;\n',
      ),
    ),
  ).toEqual([]);
});

test('without a reason, without a code or without use a comment is reported', () => {
  expect(codes(wrap('ssl_protocols TLSv1; # hopwright-ignore tls/protocols\n'))).toEqual([
    '3 tls/protocols',
    '3 hopwright/ignore-without-reason',
  ]);
  expect(codes(wrap('ssl_protocols TLSv1; # hopwright-ignore: because\n'))).toEqual([
    '3 tls/protocols',
    '3 hopwright/ignore-without-code',
  ]);
  expect(codes(wrap('ssl_protocols TLSv1.2; # hopwright-ignore tls/protocols: gone\n'))).toEqual([
    '3 hopwright/unused-ignore',
  ]);
});

test('what nginx refuses cannot be silenced, and a quoted marker is no comment', () => {
  expect(codes(wrap('bogus 1; # hopwright-ignore nginx/unknown-directive: mine\n'))).toContain(
    '3 nginx/unknown-directive',
  );
  expect(codes(wrap('log_format x "# hopwright-ignore tls/protocols: no";\n'))).toEqual([]);
});
