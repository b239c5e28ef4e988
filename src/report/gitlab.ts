import { fingerprints } from './fingerprint.ts';
import { rangeOf } from './place.ts';
import { displayPath, displayText } from './text.ts';
import type { Renderer } from './report.ts';

const severities = { error: 'major', warning: 'minor', info: 'info' } as const;

/** GitLab's Code Quality report. */
export const renderGitlab: Renderer = (report, options) => {
  const names = fingerprints(report.diagnostics, options.workingDirectory);
  const issues = report.diagnostics.map((one, index) => {
    const range = rangeOf(one.file, one.span);
    return {
      type: 'issue',
      check_name: one.code,
      description: displayText(one.message),
      ...(one.detail === '' ? {} : { content: { body: displayText(one.detail) } }),
      categories: ['Bug Risk'],
      fingerprint: names[index],
      severity: severities[one.severity],
      location: {
        path: displayPath(one.file.path, options.workingDirectory),
        lines: { begin: range.line, end: range.endLine },
      },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
};
