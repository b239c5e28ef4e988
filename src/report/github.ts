import { rangeOf } from './place.ts';
import { displayPath, displayLines, displayText } from './text.ts';
import type { Renderer } from './report.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** GitHub's workflow commands: annotations on the lines of a pull request. */
export const renderGithub: Renderer = (report, options) =>
  report.diagnostics
    .map((one) => {
      const range = rangeOf(one.file, one.span);
      const properties = {
        file: displayPath(one.file.path, options.workingDirectory),
        line: range.line,
        endLine: range.endLine,
        col: range.column,
        ...(range.endLine === range.line ? { endColumn: range.endColumn } : {}),
        title: one.code,
      };
      const list = Object.entries(properties).map(
        ([name, value]) => `${name}=${escapeProperty(String(value))}`,
      );
      const message = [
        displayText(one.message),
        ...displayLines(one.detail),
        ...(one.help === null ? [] : displayLines(one.help)),
      ].filter((line) => line !== '');
      return `::${commands[one.severity]} ${list.join(',')}::${escapeData(message.join('\n'))}\n`;
    })
    .join('');

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
