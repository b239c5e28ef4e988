import { createLexer } from '../../grammar/lexer.ts';
import { ConfigurationParser } from '../../grammar/parser.ts';
import { lexPieces } from '../../grammar/pieces.ts';
import { Segmenter } from '../../grammar/segments.ts';
import type { ClosingCstNode, OpeningCstNode, StatementsCstNode } from '../../grammar/generated/cst-types.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import type { ParsedFile } from './ast.ts';
import { TreeBuilder } from './tree-builder.ts';

/** Blocks inside each other that are read; nginx has no limit, but its own stack ends as well. */
const maxDepth = 200;

/** Lexer and parser, which are costly to build and keep nothing of what they read. */
function buildTools() {
  return { lexer: createLexer(false), parser: new ConfigurationParser(false) };
}

let tools: ReturnType<typeof buildTools> | undefined;

/** Reads one file. Never fails: what nginx's tokenizer would refuse stands in `problems`, beside a whole tree. */
export function parseFile(file: SourceFile): ParsedFile {
  const { lexer, parser } = (tools ??= buildTools());
  const segmenter = new Segmenter(maxDepth);
  const builder = new TreeBuilder(file);
  const comments: Span[] = [];
  for (const piece of lexPieces(lexer, file.text)) {
    builder.startPiece(piece.base);
    for (const { image, startOffset } of piece.comments)
      comments.push({ start: piece.base + startOffset, end: piece.base + startOffset + image.length });
    for (const { rule, tokens, next } of segmenter.cut(piece.tokens)) {
      parser.input = tokens;
      if (rule === 'statements') {
        const behind = next === undefined ? file.text.length : piece.base + next.startOffset;
        builder.addStatements(parser.statements() as StatementsCstNode, behind);
      } else if (rule === 'opening') builder.open(parser.opening() as OpeningCstNode);
      else if (rule === 'closing') builder.close(parser.closing() as ClosingCstNode);
    }
  }
  builder.finish();
  return { file, items: builder.items, problems: builder.problems, comments };
}
