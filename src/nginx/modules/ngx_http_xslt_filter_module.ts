import type { CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import { mergeTypes } from '../http/types-hash.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { fullName } from '../paths.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileArguments } from '../script.ts';

/** Whether libxml2 could read the file that the first argument names; what it holds is not judged. */
function isThere(cx: CheckContext): boolean {
  return cx.environment === null || cx.environment.access(fullName(cx, cx.arg(0))) === '';
}

/** ngx_http_xslt_entities */
function entities(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || isThere(cx)) return refused;
  return problem('xml-file', 'xmlParseDTD() failed', { word: 0, level: 'error' });
}

/** ngx_http_xslt_stylesheet: the sheet, then parameters with variables. */
function stylesheet(cx: CheckContext): Problem | null {
  if (isThere(cx)) return compileArguments(cx, 1);
  const message = `xsltParseStylesheetFile("${fullName(cx, cx.arg(0))}") failed`;
  return problem('xml-file', message, { word: 0, level: 'error' });
}

/** src/http/modules/ngx_http_xslt_filter_module.c */
export const httpXsltModule: ModuleChecks = {
  module: 'ngx_http_xslt_filter_module',
  directives: {
    xml_entities: entities,
    xslt_stylesheet: stylesheet,
    // The name of the parameter stays as it is.
    xslt_param: (cx) => compileArguments(cx, 1),
    xslt_string_param: (cx) => compileArguments(cx, 1),
  },
  mergeLocation: mergeTypes('xslt_types'),
};
