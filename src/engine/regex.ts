import { compilePcre } from '../pcre/compile.ts';
import type { PlanRegex } from '../3-plan/schema.ts';
import type { Request } from './request.ts';
import type { Variables } from './variables/variables.ts';

/** Tries the pattern on a subject; on a match `request.captures` and the variables of named groups are set. */
export type RequestRegex = (request: Request, subject: string) => boolean;

/**
 * A pattern of the plan made ready (ngx_http_regex_exec). A pattern that cannot be matched here never matches: compiling the
 * plan refused it before, unless it was made by other means.
 */
export function compileRegex({ pattern, caseless }: PlanRegex, variables: Variables): RequestRegex {
  const compiled = compilePcre(pattern, { caseless });
  if (compiled.ok !== true) return () => false;
  const { exec } = compiled;
  const setters = [...compiled.names].map(([name, index]) => ({
    index,
    set: variables.setter(name.toLowerCase()),
  }));
  return (request, subject) => {
    const found = exec(subject);
    if (found === null) return false;
    request.captures = found;
    for (const { index, set } of setters) set(request, found[index] ?? '');
    return true;
  };
}
