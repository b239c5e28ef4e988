import { diagnosticsByFile } from './by-file.ts';
import { displayPath, displayText } from './text.ts';
import { attributes, escapeXml } from '../text/xml.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Renderer } from './report.ts';

/** JUnit's XML: a suite per file, a failed case per error or warning; infos pass and stand in the output. */
export const renderJunit: Renderer = (report, options) => {
  const suites = [...diagnosticsByFile(report)].map(([file, diagnostics]) => {
    const name = displayPath(file, options.workingDirectory);
    const cases =
      diagnostics.length === 0 ? [`    <testcase${attributes({ name: 'lint', classname: name })}/>\n`] : [];
    for (const one of diagnostics) cases.push(testCase(one, name));
    const failures = diagnostics.filter(fails).length;
    return `  <testsuite${attributes({ name, tests: cases.length, failures, errors: 0 })}>\n${cases.join('')}  </testsuite>\n`;
  });
  const tests = report.diagnostics.length + report.files.length - filesWithFindings(report.diagnostics);
  const total = attributes({
    name: 'hopwright',
    tests,
    failures: report.diagnostics.filter(fails).length,
    errors: 0,
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${total}>\n${suites.join('')}</testsuites>\n`;
};

function fails(one: Diagnostic): boolean {
  return one.severity !== 'info';
}

function filesWithFindings(diagnostics: readonly Diagnostic[]): number {
  return new Set(diagnostics.map((one) => one.file.path)).size;
}

function testCase(one: Diagnostic, file: string): string {
  const { line, column } = one.file.positionAt(one.span.start);
  const message = displayText(one.message);
  const head = `    <testcase${attributes({ name: `${one.code} (${line}:${column})`, classname: file })}>\n`;
  const text = [`${file}:${line}:${column}: ${message}`, displayText(one.detail), displayText(one.help ?? '')]
    .filter((part) => part !== '')
    .join('\n');
  const body = fails(one)
    ? `      <failure${attributes({ message, type: one.severity })}>${escapeXml(text)}</failure>\n`
    : `      <system-out>${escapeXml(text)}</system-out>\n`;
  return `${head}${body}    </testcase>\n`;
}
