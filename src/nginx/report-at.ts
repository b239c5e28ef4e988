import type { Directive } from '../1-syntax/ast.ts';
import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';

/** Reports at the terminator of `node`: nginx prints a file and a line that it kept when it read it. */
export function reportAt(cx: CheckContext, node: Directive, problem: Problem): void {
  cx.report({ node, at: { file: node.file, offset: node.terminatorAt }, ...problem });
}
