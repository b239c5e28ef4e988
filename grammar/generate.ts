import type { ISerializedGast } from 'chevrotain';
import { readFileSync, writeFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { ConfigurationParser } from './parser.ts';

/** What `node grammar/generate.ts` writes, by name in `generated/`. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const parser = new ConfigurationParser(true);
  return new Map([['diagrams.html', page(drawDiagrams(parser.getSerializedGastProductions()))]]);
}

/** Railroad diagrams as SVG, drawn by the scripts that Chevrotain ships for its pages. */
function drawDiagrams(rules: ISerializedGast[]): string {
  const context = createContext({ rules });
  for (const script of ['vendor/railroad-diagrams.js', 'src/diagrams_builder.js']) {
    const path = new URL(`../node_modules/chevrotain/diagrams/${script}`, import.meta.url);
    runInContext(readFileSync(path, 'utf8'), context);
  }
  const html = runInContext('diagrams_builder.buildSyntaxDiagramsText(rules)', context) as string;
  // Attributes that only the scripts of Chevrotain's own pages read.
  return html.replace(/ (?:occurrenceIdx|topRuleName|dslRuleName|tokenName|ruleName|label)="[^"]*"/g, '');
}

/** One page without anything to load, light and dark. */
function page(diagrams: string): string {
  return `<!doctype html>
<!-- Made by grammar/generate.ts from grammar/parser.ts. -->
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Grammar of nginx's configuration language</title>
<style>
  :root { color-scheme: light dark; --line: light-dark(#222, #ddd); --word: light-dark(#cfe8ff, #1d3b57); --rule: light-dark(#fbe7c0, #574015); }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { font: bold 1.1rem monospace; margin: 2rem 0 0; }
  svg { max-width: 100%; }
  svg path { stroke: var(--line); stroke-width: 2; fill: none; }
  svg rect { stroke: var(--line); stroke-width: 2; fill: var(--word); }
  svg .non-terminal rect { fill: var(--rule); }
  svg text { font: bold 14px monospace; text-anchor: middle; fill: var(--line); }
</style>
<h1>Grammar of nginx's configuration language</h1>
<p>Round boxes are tokens, square ones are rules. How words, quotes and comments are read stands in README.md.</p>
${diagrams}
</html>
`;
}

if (import.meta.main)
  for (const [name, text] of generatedFiles())
    writeFileSync(new URL(`generated/${name}`, import.meta.url), text);
