import { createLexer } from '../../grammar/lexer.ts';
import { ConfigurationParser } from '../../grammar/parser.ts';
import { lexPieces } from '../../grammar/pieces.ts';
import { Segmenter } from '../../grammar/segments.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import type { ParsedFile, SyntaxProblem } from './ast.ts';
import { strayBrace, unclosedBlocks } from './braces.ts';
import { nestedTooDeep, tooLongStatement, tooManyProblems } from './problems.ts';
import { maxProblems, TreeBuilder } from './tree-builder.ts';
import { longComment } from './word-length.ts';

/** Blocks inside each other that are read; nginx has no limit, but its own stack ends as well. */
const maxDepth = 200;

type Tools = ReturnType<typeof buildTools>;

/** Lexer and parser, which are costly to build and keep nothing of what they read. */
function buildTools() {
  return { lexer: createLexer(false), parser: new ConfigurationParser(false) };
}

const theTools = lazily(buildTools);

function lazily<T>(build: () => T): () => T {
  let built: T | undefined;
  return () => (built ??= build());
}

/** Reads one file. Never fails: what nginx's tokenizer would refuse stands in `problems`, beside a whole tree. */
export function parseFile(file: SourceFile): ParsedFile {
  const builder = new TreeBuilder(file);
  const comments: Span[] = [];
  readPieces(theTools(), file, builder, comments);
  const unfinished = builder.finish();
  const { items, problems } = builder;
  for (const comment of comments) {
    const found = longComment(file, comment);
    if (found !== null) problems.push(found);
  }
  if (unfinished && !problems.some((found) => leavesBlocksOpen(file, found)))
    problems.push(unclosedBlocks(file, items));
  const stray = problems.findIndex((found) => isStrayBrace(file, found));
  if (stray !== -1) problems[stray] = strayBrace(file, items, problems[stray]!);
  // Comments were judged after everything else.
  problems.sort((a, b) => a.from - b.from);
  return { file, items, problems, comments };
}

/** Problems that leave blocks open where reading ends, which is then no mistake of its own. */
function leavesBlocksOpen({ text }: SourceFile, { code, message, at }: SyntaxProblem): boolean {
  return (
    at === text.length ||
    code === 'nginx/unclosed-lua' ||
    code.startsWith('syntax/') ||
    message === 'unexpected "{"'
  );
}

function isStrayBrace({ text }: SourceFile, { at, span }: SyntaxProblem): boolean {
  return at === span.start && text[at] === '}';
}

/** Reads until the end, or until something makes it pointless to go on. */
function readPieces(
  { lexer, parser }: Tools,
  file: SourceFile,
  builder: TreeBuilder,
  comments: Span[],
): void {
  const segmenter = new Segmenter(maxDepth);
  const { problems } = builder;
  const size = file.text.length;
  parser.reader = builder;
  for (const { base, tokens, comments: found, abandoned } of lexPieces(lexer, file.text)) {
    builder.startPiece(base);
    for (const { image, startOffset } of found)
      comments.push({ start: base + startOffset, end: base + startOffset + image.length });
    for (const { rule, tokens: input, next } of segmenter.cut(tokens)) {
      if (rule === 'tooDeep') problems.push(nestedTooDeep(base + input[0]!.startOffset, maxDepth));
      else {
        parser.input = input;
        parser[rule]();
        if (rule === 'statements') builder.endStatements(next === undefined ? size : base + next.startOffset);
      }
      if (problems.length >= maxProblems) problems.push(tooManyProblems(problems.at(-1)!.from));
      if (rule === 'tooDeep' || problems.length >= maxProblems) return;
    }
    if (abandoned) problems.push(tooLongStatement(base, size));
  }
}
