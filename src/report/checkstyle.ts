import { diagnosticsByFile } from './by-file.ts';
import { displayPath, displayText } from './text.ts';
import { attributes } from '../text/xml.ts';
import type { Renderer } from './report.ts';

/** Checkstyle's XML, which most CI servers read. */
export const renderCheckstyle: Renderer = (report, options) => {
  const files = [...diagnosticsByFile(report)].map(([file, diagnostics]) => {
    const errors = diagnostics.map((one) => {
      const { line, column } = one.file.positionAt(one.span.start);
      const message = displayText(one.message);
      return `    <error${attributes({ line, column, severity: one.severity, message, source: `hopwright.${one.code}` })}/>\n`;
    });
    return `  <file${attributes({ name: displayPath(file, options.workingDirectory) })}>\n${errors.join('')}  </file>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="10.0">\n${files.join('')}</checkstyle>\n`;
};
