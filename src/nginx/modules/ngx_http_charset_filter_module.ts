import type { BlockState, CheckContext } from '../check-context.ts';
import { readVariable } from '../define-variable.ts';
import { duplicate } from '../generic-slots.ts';
import { effective } from '../http/effective.ts';
import { mergeTypes } from '../http/types-hash.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { Slot } from '../store.ts';
import { parseHex } from '../values/number.ts';

/** Tables and recodings of the configuration, by names in lower case; names as first written for messages. */
const charsetsSlot = new Slot('charsets', () => ({
  shown: new Map<string, string>(),
  tables: new Set<string>(),
  recodings: new Map<string, readonly [string, string]>(),
}));

function register(cx: CheckContext, name: string): string {
  const { shown } = cx.cycle.get(charsetsSlot);
  const key = name.toLowerCase();
  if (!shown.has(key)) shown.set(key, name);
  return key;
}

/** ngx_http_set_charset_slot: `charset` and `source_charset` */
function setCharset(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const value = cx.arg(0);
  if (cx.name === 'charset' && value === 'off') return null;
  if (value.startsWith('$')) return readVariable(cx, 0);
  register(cx, value);
  return null;
}

/** ngx_http_charset_map_block */
function charsetMap(cx: CheckContext): Problem | null {
  const [source, destination] = [register(cx, cx.arg(0)), register(cx, cx.arg(1))];
  const names = `"${cx.arg(0)}" and "${cx.arg(1)}"`;
  if (source === destination) return problem('conflict', `"charset_map" between the same charsets ${names}`);
  const { tables } = cx.cycle.get(charsetsSlot);
  if (tables.has(`${source} ${destination}`) || tables.has(`${destination} ${source}`))
    return problem('duplicate', `duplicate "charset_map" between ${names}`);
  tables.add(`${source} ${destination}`);
  return null;
}

const byte = (text: string): boolean => (parseHex(text) ?? 256) <= 255;

/** ngx_http_charset_map */
function charsetMapEntry(cx: CheckContext): Problem | null {
  if (cx.values.length !== 1) return problem('invalid-number-of-arguments', 'invalid parameters number');
  const invalid = (text: string, word: number): Problem =>
    problem('invalid-value', `invalid value "${text}"`, { word });
  if (!byte(cx.name)) return invalid(cx.name, -1);
  const value = cx.arg(0);
  const utf8 = cx.block.opener?.values[1]?.toLowerCase() === 'utf-8';
  if (!utf8) return byte(value) ? null : invalid(value, 0);
  const pairs = value.match(/[^]{1,2}/g) ?? [];
  if (!pairs.every((pair) => pair.length === 2 && byte(pair))) return invalid(value, 0);
  return decodesFromUtf8(pairs.map((pair) => parseInt(pair, 16))) ? null : invalid(value, 0);
}

/** Whether the bytes start with a character of UTF-8 of two or three bytes: ngx_utf8_decode takes no single ones. */
function decodesFromUtf8([first = 0, ...rest]: readonly number[]): boolean {
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : -1;
  if (more === -1 || more === 3 || rest.length < more) return false;
  let code = first & (more === 2 ? 0x0f : 0x1f);
  for (const next of rest.slice(0, more)) {
    if (next < 0x80 || next > 0xbf) return false;
    code = (code << 6) | (next & 0x3f);
  }
  return code > (more === 2 ? 0x7ff : 0x7f);
}

/** The charset that applies at `level`, in lower case; null for none and for a variable. */
function charsetAt(level: BlockState, name: 'charset' | 'source_charset'): string | null {
  const value = effective(level, name)?.values[0];
  if (value === undefined || value.startsWith('$') || (name === 'charset' && value === 'off')) return null;
  return value.toLowerCase();
}

const mergeCharsetTypes = mergeTypes('charset_types');

/** ngx_http_charset_filter_module.c */
export const httpCharsetModule: ModuleChecks = {
  module: 'ngx_http_charset_filter_module',
  directives: { charset: setCharset, source_charset: setCharset, charset_map: charsetMap },
  entries: { charset_map: charsetMapEntry },
  mergeLocation(cx, level) {
    mergeCharsetTypes(cx, level);
    const [source, charset] = [charsetAt(level, 'source_charset'), charsetAt(level, 'charset')];
    if (source !== null && charset !== null && source !== charset)
      cx.cycle.get(charsetsSlot).recodings.set(`${source} ${charset}`, [source, charset]);
  },
  postconfiguration(cx) {
    const { tables, recodings, shown } = cx.cycle.get(charsetsSlot);
    for (const [source, charset] of recodings.values()) {
      if (tables.has(`${source} ${charset}`) || tables.has(`${charset} ${source}`)) continue;
      const message = `no "charset_map" between the charsets "${shown.get(source)}" and "${shown.get(charset)}"`;
      cx.report(problem('charset-map-missing', message, { placeless: true }));
    }
  },
};
