import type { LocationRow } from '../../explain/table.ts';
import type { Answer } from './answers.ts';
import type { PrettyOptions } from './pretty.ts';

/** What a format may show beside the answers. */
export interface Occasion extends PrettyOptions {
  /** The configuration. */
  readonly file: string;
  /** The version that was asked for, or `any`. */
  readonly target: string;
}

/** A format of `explain`: answers about one request, one for each range of versions, and the table of all locations. */
interface ExplainFormat {
  answers(answers: readonly Answer[], occasion: Occasion): string;
  table(rows: readonly LocationRow[], version: string, occasion: Occasion): string;
}

const json: ExplainFormat = {
  answers: (answers, { target }) => jsonText(jsonAnswers(answers, target)),
  table: (rows, target) =>
    jsonText({
      version: 1,
      target,
      locations: rows.map(({ explained, ...row }) => ({ ...row, ...explained?.explanation })),
    }),
};

/** The answers about one request as JSON: the one that was asked for, or one for each range of versions. */
export function jsonAnswers(answers: readonly Answer[], target: string): object {
  if (target !== 'any') return answers[0]!.explanation;
  return { version: 1, targets: answers.map(({ explanation, range }) => ({ range, ...explanation })) };
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Every output format of `explain` by name; each is loaded when it is asked for. This is the only place that lists them. */
export const explainFormats: Readonly<Record<string, () => Promise<ExplainFormat>>> = {
  async pretty() {
    const { prettyExplanations, prettyTable } = await import('./pretty.ts');
    return { answers: prettyExplanations, table: prettyTable };
  },
  json: async () => json,
  async html() {
    const { renderHtml, renderTableHtml } = await import('../../explain/render/html.ts');
    return {
      answers: (answers, { file }) => renderHtml(answers, file),
      table: (rows, version, { file }) => renderTableHtml(rows, file, version),
    };
  },
  async mermaid() {
    const { renderMermaid, renderMermaidTable } = await import('../../explain/render/mermaid.ts');
    return { answers: (answers) => renderMermaid(answers[0]!), table: renderMermaidTable };
  },
};

export const explainFormatNames: readonly string[] = Object.keys(explainFormats);
