import { summarize, type Report } from './report.ts';
import { plural } from './text.ts';

/** The last line of the formats for people: `2 errors and 1 warning in 3 files (1 silenced)`. */
export function summaryLine(report: Report): string {
  const { errors, warnings, infos } = summarize(report.diagnostics);
  const counts = [
    errors > 0 ? plural(errors, 'error') : '',
    warnings > 0 ? plural(warnings, 'warning') : '',
    infos > 0 ? `${infos} info` : '',
  ].filter((part) => part !== '');
  const found = counts.length === 0 ? 'no findings' : joinWithAnd(counts);
  const silenced = report.silenced > 0 ? ` (${report.silenced} silenced)` : '';
  return `${found} in ${plural(report.files.length, 'file')}${silenced}, target ${report.target}`;
}

function joinWithAnd(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
