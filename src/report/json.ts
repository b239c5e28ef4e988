import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { decode } from './text.ts';
import { rangeOf } from './place.ts';
import { summarize, type NginxDecision, type Renderer } from './report.ts';

/** The stable machine format; its shape is described in `docs/formats.md` and must only grow. */
export const renderJson: Renderer = (report) => {
  const document = {
    version: 1,
    tool: report.tool,
    target: report.target,
    roots: report.roots.map((root) => ({ file: decode(root.file), nginx: verdict(root.nginx) })),
    files: report.files.map(decode),
    diagnostics: report.diagnostics.map(entry),
    summary: summarize(report.diagnostics),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};

/** nginx's decision as `lint --format json` gives it. */
function verdict(nginx: NginxDecision): object {
  if (nginx.ok) return { ok: true };
  return {
    ok: false,
    level: nginx.level,
    message: decode(nginx.message),
    file: nginx.file === null ? null : decode(nginx.file.path),
    line: nginx.line,
  };
}

/** One diagnostic as JSON; `explain` shows its configuration's diagnostics the same way. */
export function entry(one: Diagnostic): object {
  return {
    code: one.code,
    severity: one.severity,
    message: decode(one.message),
    detail: decode(one.detail),
    file: decode(one.file.path),
    ...rangeOf(one.file, one.span),
    related: one.related.map((place) => ({
      file: decode(place.file.path),
      ...place.file.positionAt(place.span.start),
      message: decode(place.message),
    })),
    fixes: one.fixes.map((fix) => ({
      title: decode(fix.title),
      edits: fix.edits.map((edit) => ({
        file: decode(edit.file.path),
        start: edit.start,
        end: edit.end,
        text: decode(edit.text),
      })),
    })),
    help: one.help === null ? null : decode(one.help),
  };
}
