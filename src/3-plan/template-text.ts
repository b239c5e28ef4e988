import type { Template } from './schema/setting.ts';

const reference = /\$(?:([0-9])|\{(\w+)\}|(\w+))/g;

/** Text with variables as nginx splits it (ngx_http_script_compile). Names are case-insensitive, hence lower case here. */
export function parseTemplate(text: string, captures = true): Template {
  if (!text.includes('$')) return text;
  const parts: Exclude<Template, string> = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [whole, digit, braced, bare] = match;
    if (digit !== undefined && !captures) continue;
    if (match.index > end) parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    const name = braced ?? bare;
    if (digit !== undefined) parts.push({ capture: Number(digit) });
    else if (captures && /^[0-9]$/.test(name!)) parts.push({ capture: Number(name) });
    else parts.push({ var: name!.toLowerCase() });
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}
