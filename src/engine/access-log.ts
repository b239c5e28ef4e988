import type { LogLine } from './api.ts';
import type { EngineContext } from './context.ts';
import type { Request } from './request.ts';
import type { Template } from '../3-plan/schema.ts';
import { holds } from './template.ts';

type Writer = (request: Request) => string;

/** Lines for the logs that apply to a request (ngx_http_log_handler). */
export function accessLog(cx: EngineContext, request: Request): LogLine[] {
  request.completed = request.abortedStatus === 0 && request.headerSent && !request.replaced && !request.cut;
  const targets = request.location.log.access_log;
  if (targets === null || (request !== request.main && !request.location.core.log_subrequest)) return [];
  const lines: LogLine[] = [];
  for (const target of targets) {
    if (target.if !== null) {
      const condition = cx.once(target.if, () => cx.template(target.if!));
      if (!holds(condition.evaluate(request))) continue;
    }
    const format = cx.http.logFormats[target.format]!;
    const write = cx.once(format, () => compileFormat(cx, format));
    const path =
      target.path === null ? null : cx.once(target.path, () => cx.template(target.path!)).evaluate(request);
    lines.push({ log: target.log, path, line: `${write(request)}\n` });
  }
  return lines;
}

/** Variables are escaped by the format's mode; one without a value is written as `-` (nothing in json and none). */
function compileFormat(
  cx: EngineContext,
  { format, escape }: { format: Template; escape: 'default' | 'json' | 'none' },
): Writer {
  const parts = typeof format === 'string' ? [format] : format;
  const escapeText = escapes[escape];
  const missing = escape === 'default' ? '-' : '';
  const writers = parts.map((part): string | Writer => {
    if (typeof part === 'string') return part;
    if ('capture' in part) return `$${part.capture}`;
    const get = cx.variables.getter(part.var);
    return (request) => {
      const value = get(request);
      return value === null ? missing : escapeText(value);
    };
  });
  return (request) => {
    let line = '';
    for (const writer of writers) line += typeof writer === 'string' ? writer : writer(request);
    return line;
  };
}

/** Asked first: most values have nothing to escape, and replacing costs ten times as much as looking. */
const hasUnsafe = /["\\\x00-\x1f\x7f-\xff]/;
const unsafe = new RegExp(hasUnsafe, 'g');
const hasUnsafeJson = /["\\\x00-\x1f]/;
const unsafeJson = new RegExp(hasUnsafeJson, 'g');
const jsonNames: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};
const hex = (char: string): string => char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');

const escapes: Readonly<Record<'default' | 'json' | 'none', (text: string) => string>> = {
  default: (text) => (hasUnsafe.test(text) ? text.replace(unsafe, (char) => `\\x${hex(char)}`) : text),
  json: (text) =>
    hasUnsafeJson.test(text)
      ? text.replace(unsafeJson, (char) =>
          char === '"' || char === '\\' ? `\\${char}` : (jsonNames[char] ?? `\\u00${hex(char)}`),
        )
      : text,
  none: (text) => text,
};
