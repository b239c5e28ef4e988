import { createSyntaxDiagramsCode, generateCstDts } from 'chevrotain';
import { writeFileSync } from 'node:fs';
import { ConfigurationParser } from './parser.ts';

const parser = new ConfigurationParser(true);
const productions = parser.getGAstProductions();

/** What `node grammar/generate.ts` writes, by path relative to this folder. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['generated/cst-types.ts', generateCstDts(productions)],
    ['diagrams.html', createSyntaxDiagramsCode(parser.getSerializedGastProductions())],
  ]);
}

if (import.meta.main)
  for (const [path, text] of generatedFiles()) writeFileSync(new URL(path, import.meta.url), text);
