import { Chalk } from 'chalk';
import { summaryLine } from './summary.ts';
import { displayPath, displayText } from './text.ts';
import type { Renderer } from './report.ts';

/** One line per diagnostic, as compilers write them: editors and `grep` understand it. */
export const renderCompact: Renderer = (report, options) => {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const colors = { error: chalk.red, warning: chalk.yellow, info: chalk.cyan };
  const lines = report.diagnostics.map((one) => {
    const { line, column } = one.file.positionAt(one.span.start);
    const place = `${displayPath(one.file.path, options.workingDirectory)}:${line}:${column}`;
    return `${place}: ${colors[one.severity](one.severity)}: ${displayText(one.message)} [${one.code}]`;
  });
  return [...lines, summaryLine(report), ''].join('\n');
};
