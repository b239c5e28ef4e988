import { Chalk, type ChalkInstance } from 'chalk';
import { hunksOf, type Hunk } from '../diagnostics/edits.ts';
import type { Diagnostic, Fix, RelatedPlace } from '../diagnostics/diagnostic.ts';
import { codeFrame, type FrameRow } from './frame.ts';
import { summaryLine } from './summary.ts';
import { displayLines, displayPath, displayText } from './text.ts';
import { summarize, type RenderOptions, type Renderer, type Report } from './report.ts';

/**
 * The format for people: a code frame with the wrong line and the missing one, the way there, and advice. In each file the
 * worst comes first.
 */
export const renderPretty: Renderer = (report, options) => {
  const painter = new Painter(options);
  const blocks = [...Map.groupBy(report.diagnostics, ({ file }) => file.path).values()]
    .flatMap((ofFile) => ofFile.toSorted((a, b) => rank[a.severity] - rank[b.severity]))
    .map((one) => painter.diagnostic(one));
  return `${[...blocks, painter.summary(report)].join('\n')}\n`;
};

const rank: Record<Diagnostic['severity'], number> = { error: 0, warning: 1, info: 2 };

/** One finding alone, with its frame and notes. */
export function prettyDiagnostic(one: Diagnostic, options: RenderOptions): string {
  return new Painter(options).diagnostic(one);
}

/** How far from the finding a fix may be to stand in its frame. */
const nearby = 3;

class Painter {
  readonly #chalk: ChalkInstance;
  readonly #options: RenderOptions;

  constructor(options: RenderOptions) {
    this.#chalk = new Chalk({ level: options.color ? 1 : 0 });
    this.#options = options;
  }

  diagnostic(one: Diagnostic): string {
    const { bold } = this.#chalk;
    const color = this.#severityColor(one.severity);
    if (one.severity === 'info') return this.#short(one);
    const fix = one.fixes[0];
    const here = fix === undefined ? [] : nearHunks(one, fix);
    const rows = codeFrame(one.file, one.span, here, this.#textWidth());
    const number = Math.max(...rows.map((row) => row.line ?? 0), 0);
    const gutter = String(number).length;
    const lines = [
      `${color.bold(`${one.severity}[${one.code}]`)}${bold(`: ${displayText(one.message)}`)}`,
      this.#place(one.file, one.span.start, gutter),
      this.#edge(gutter),
      ...rows.map((row) => this.#row(row, gutter, color)),
    ];
    const notes = [
      ...this.#note(gutter, '', one.detail),
      ...one.related.flatMap((place) => this.#related(place, gutter)),
      ...(one.help === null ? [] : this.#note(gutter, 'help', one.help)),
      ...one.fixes.flatMap((other, at) => this.#fix(other, gutter, at === 0 && here.length > 0)),
    ];
    if (notes.length > 0) lines.push(this.#edge(gutter), ...notes);
    return `${lines.join('\n')}\n`;
  }

  /** Information takes two lines, what to do or else why: it must not bury what is wrong. */
  #short(one: Diagnostic): string {
    const { line, column } = one.file.positionAt(one.span.start);
    const path = displayPath(one.file.path, this.#options.workingDirectory);
    const head = this.#severityColor('info').bold(`info[${one.code}]`);
    const help = one.help === null ? this.#note(1, '', one.detail) : this.#note(1, 'help', one.help);
    return [`${head}: ${displayText(one.message)} (${path}:${line}:${column})`, ...help, ''].join('\n');
  }

  summary(report: Report): string {
    const { errors, warnings } = summarize(report.diagnostics);
    const color = errors > 0 ? this.#chalk.red : warnings > 0 ? this.#chalk.yellow : this.#chalk.green;
    return color.bold(summaryLine(report));
  }

  #severityColor(severity: Diagnostic['severity']): ChalkInstance {
    return { error: this.#chalk.red, warning: this.#chalk.yellow, info: this.#chalk.cyan }[severity];
  }

  #textWidth(): number {
    return Math.max(this.#options.width - 12, 40);
  }

  #place(file: Diagnostic['file'], offset: number, gutter: number): string {
    const { line, column } = file.positionAt(offset);
    const path = displayPath(file.path, this.#options.workingDirectory);
    return `${' '.repeat(gutter)}${this.#chalk.blue('-->')} ${path}:${line}:${column}`;
  }

  #edge(gutter: number): string {
    return `${' '.repeat(gutter)} ${this.#chalk.blue('|')}`;
  }

  #row(row: FrameRow, gutter: number, color: ChalkInstance): string {
    const { blue, red, green } = this.#chalk;
    const number = (row.line === null ? '' : String(row.line)).padStart(gutter);
    const text = { ' ': row.text, '^': color(row.text), '-': red(row.text), '+': green(row.text) }[row.sign];
    if (row.sign === ' ' || row.sign === '^') return `${blue(`${number} |`)} ${text}`.trimEnd();
    const paint = row.sign === '+' ? green : red;
    return `${blue(number)} ${paint(row.sign)} ${text}`;
  }

  #note(gutter: number, label: string, text: string): string[] {
    if (text === '') return [];
    const { blue, bold } = this.#chalk;
    const head = label === '' ? '' : `${bold(label)}: `;
    const indent = ' '.repeat(label === '' ? 0 : label.length + 2);
    const width = Math.max(this.#options.width - gutter - 3 - indent.length, 40);
    return displayLines(text)
      .flatMap((line) => wrap(line, width))
      .map((line, at) =>
        at === 0
          ? `${' '.repeat(gutter)} ${blue('=')} ${head}${line}`
          : `${' '.repeat(gutter)}   ${indent}${line}`,
      );
  }

  #related(place: RelatedPlace, gutter: number): string[] {
    const { line, column } = place.file.positionAt(place.span.start);
    const path = displayPath(place.file.path, this.#options.workingDirectory);
    const text = displayText(place.file.lineText(line).trim().slice(0, this.#textWidth()));
    return [
      ...this.#note(gutter, 'note', `${place.message}: ${path}:${line}:${column}`),
      `${' '.repeat(gutter)}     ${this.#chalk.blue(`${line} |`)} ${text}`,
    ];
  }

  #fix(fix: Fix, gutter: number, shown: boolean): string[] {
    const lines = this.#note(gutter, 'fix', fix.title);
    if (shown || !isReadable(fix)) return lines;
    for (const file of new Set(fix.edits.map((edit) => edit.file))) {
      const hunks = hunksOf(
        file,
        fix.edits.filter((edit) => edit.file === file),
      );
      lines.push(this.#place(file, file.lineStart(hunks[0]!.line), gutter));
      for (const hunk of hunks) lines.push(...this.#hunk(file, hunk, gutter));
    }
    return lines;
  }

  #hunk(file: Diagnostic['file'], hunk: Hunk, gutter: number): string[] {
    return codeFrame(file, null, [hunk], this.#textWidth()).map((row) =>
      this.#row(row, gutter, this.#chalk.green),
    );
  }
}

/** More than this of a line that a fix changes is not shown: nobody finds the change in it. */
const longestLine = 1000;

/** Whether the lines that a fix changes are short enough to be shown. */
function isReadable({ edits }: Fix): boolean {
  return edits.every(({ file, start, end }) => {
    const lineStart = file.lineStart(file.lineAt(start));
    const lineEnd = file.lineStart(file.lineAt(end) + 1);
    return start - lineStart <= longestLine && lineEnd - end <= longestLine;
  });
}

/** The lines a fix changes, when all of them stand near the finding; else none. */
function nearHunks(one: Diagnostic, fix: Fix): readonly Hunk[] {
  if (fix.edits.some((edit) => edit.file !== one.file) || !isReadable(fix)) return [];
  const first = one.file.lineAt(one.span.start) - nearby;
  const last = one.file.lineAt(one.span.end) + nearby;
  const hunks = hunksOf(one.file, fix.edits);
  return hunks.every((hunk) => hunk.line >= first && hunk.line + hunk.removed.length <= last + 1)
    ? hunks
    : [];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
