import type { SyntaxProblem } from './ast.ts';

export type ProblemPlace = Pick<SyntaxProblem, 'at' | 'from' | 'span'>;
export type ProblemDetails = Partial<Pick<SyntaxProblem, 'detail' | 'fix' | 'quotedUntil'>>;

/** Fills in the optional parts of a syntax problem. */
export function problem(
  code: string,
  message: string,
  place: ProblemPlace,
  details: ProblemDetails = {},
): SyntaxProblem {
  return { code, message, detail: '', fix: null, doubtFrom: null, quotedUntil: null, ...place, ...details };
}

/** A byte that may not stand where it does. nginx prints it as it is. */
export function unexpected(byte: string, place: ProblemPlace, details?: ProblemDetails): SyntaxProblem {
  return problem('nginx/unexpected-token', `unexpected "${byte}"`, place, details);
}

/** The end of the file within a directive or a block (ngx_conf_file.c, ngx_conf_read_token and ngx_conf_parse). */
export function unexpectedEnd(
  expecting: string,
  place: ProblemPlace,
  details?: ProblemDetails,
): SyntaxProblem {
  return problem('nginx/unexpected-end', `unexpected end of file, expecting ${expecting}`, place, details);
}
