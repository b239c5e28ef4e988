const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

/** `&`, `<`, `>` and `"` as entities (ngx_escape_html). */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => entities.get(char)!);
}
