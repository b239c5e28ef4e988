import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { render } from './sample.ts';
import { parseXml, type Element } from './xml-reader.ts';

test('github escapes what ends a property or a line', async () => {
  expect(await render('github')).toBe(
    '::warning file=a b.conf,line=5,endLine=5,col=9,endColumn=25,title=nginx/x::bad \\x1b[31m <&> "100%25"\n' +
      '::error file=a b.conf,line=7,endLine=7,col=13,endColumn=51,title=ws/connection::Connection is not forwarded%0AThe upstream answers 400.%0AAdd the header.\n',
  );
});

/** https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
const gitlabSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    properties: {
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string' },
      fingerprint: { type: 'string', minLength: 1 },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', not: { pattern: '^\\./' } },
          lines: { type: 'object', required: ['begin'], properties: { begin: { type: 'integer' } } },
        },
      },
    },
  },
};

test('gitlab gives a Code Quality report with unique fingerprints', async () => {
  const issues = JSON.parse(await render('gitlab'));
  const validate = new Ajv({ allErrors: true }).compile(gitlabSchema);
  validate(issues);
  expect(validate.errors).toBeNull();
  expect(new Set(issues.map((one: { fingerprint: string }) => one.fingerprint)).size).toBe(2);
});

function all(element: Element, name: string): Element[] {
  return [
    ...(element.name === name ? [element] : []),
    ...element.children.flatMap((child) => all(child, name)),
  ];
}

test('checkstyle is well-formed and lists every file', async () => {
  const root = parseXml(await render('checkstyle'));
  expect(root.name).toBe('checkstyle');
  expect(root.attributes['version']).toBeDefined();
  expect(all(root, 'file').map((one) => one.attributes['name'])).toEqual(['a b.conf', '/etc/clean.conf']);
  expect(all(root, 'error').map((one) => one.attributes)).toEqual([
    {
      line: '5',
      column: '9',
      severity: 'warning',
      message: 'bad \\x1b[31m <&> "100%"',
      source: 'hopwright.nginx/x',
    },
    {
      line: '7',
      column: '13',
      severity: 'error',
      message: 'Connection is not forwarded',
      source: 'hopwright.ws/connection',
    },
  ]);
});

test('junit counts cases and failures, and clean files pass', async () => {
  const root = parseXml(await render('junit'));
  expect(root.name).toBe('testsuites');
  expect(root.attributes).toMatchObject({ tests: '3', failures: '2', errors: '0' });
  for (const suite of all(root, 'testsuite')) {
    expect(all(suite, 'testcase').length).toBe(Number(suite.attributes['tests']));
    expect(all(suite, 'failure').length).toBe(Number(suite.attributes['failures']));
  }
  for (const one of all(root, 'testcase')) {
    expect(one.attributes['name']).toBeTruthy();
    expect(one.attributes['classname']).toBeTruthy();
  }
});
