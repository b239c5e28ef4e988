import { warnLowBits } from './access-rules.ts';
import type { CheckContext } from './check-context.ts';
import { defineVariable, readVariable } from './define-variable.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';
import { formatAddress, parseCidr, parseInet } from './values/address.ts';

/** The ranges of one /16, sorted; both ends are inclusive and relative to it. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

interface GeoState {
  ranges: boolean;
  /** A network was given, so that `ranges` comes too late. */
  networksBegun: boolean;
  defaultRange: string | null;
  readonly networks: Map<string, string>;
  readonly byHigh: Map<number, Range[]>;
}

const geoSlot = new Slot('geo', (): GeoState => ({
  ranges: false,
  networksBegun: false,
  defaultRange: null,
  networks: new Map(),
  byHigh: new Map(),
}));

/** ngx_http_geo_block and ngx_stream_geo_block, at the `{`. */
export function checkGeo(cx: CheckContext): Problem | null {
  if (cx.values.length === 1) return defineVariable(cx, 0);
  return readVariable(cx, 0) ?? defineVariable(cx, 1);
}

/** ngx_http_geo: an entry of the block. */
export function checkGeoEntry(cx: CheckContext): Problem | null {
  const state = cx.block.store.get(geoSlot);
  if (cx.values.length === 0) {
    if (cx.name === 'ranges') {
      if (state.networksBegun)
        return problem('conflict', 'the "ranges" directive must be the first directive inside "geo" block');
      state.ranges = true;
      return null;
    }
    if (cx.name === 'proxy_recursive') return null;
    if (cx.name === 'volatile' && cx.since('1.29.3')) return null;
  }
  if (cx.values.length !== 1)
    return problem('invalid-number-of-arguments', 'invalid number of the geo parameters', {
      detail: 'An entry is a network or a range, and a value.',
    });
  if (cx.name === 'include') return cx.include();
  if (cx.name === 'proxy') return network(cx, cx.arg(0), 0).problem;
  return state.ranges ? rangeEntry(cx, state) : networkEntry(cx, state);
}

/** ngx_http_geo_cidr_value */
function network(cx: CheckContext, text: string, word: number): { problem: Problem | null; key: string } {
  if (text === '255.255.255.255') return { problem: null, key: text };
  const cidr = parseCidr(text);
  if (cidr === null)
    return { problem: problem('invalid-value', `invalid network "${text}"`, { word }), key: '' };
  if (cidr.lowBits) warnLowBits(cx, word, text);
  return { problem: null, key: `${formatAddress(cidr.address)}/${cidr.bits}` };
}

/** ngx_http_geo_cidr */
function networkEntry(cx: CheckContext, state: GeoState): Problem | null {
  state.networksBegun = true;
  const value = cx.arg(0);
  if (cx.name === 'default') {
    for (const key of ['0.0.0.0/0', '::/0']) putNetwork(cx, state, key, 'default', value);
    return null;
  }
  const deletes = cx.name === 'delete';
  const { problem: refused, key } = network(cx, deletes ? value : cx.name, deletes ? 0 : -1);
  if (refused !== null) return refused;
  if (!deletes) putNetwork(cx, state, key, cx.name, value);
  else if (!state.networks.delete(key))
    cx.warn('nothing-to-delete', `no network "${value}" to delete`, { word: 0 });
  return null;
}

function putNetwork(
  cx: CheckContext,
  { networks }: GeoState,
  key: string,
  shown: string,
  value: string,
): void {
  const old = networks.get(key);
  if (old !== undefined)
    cx.warn('duplicate-network', `duplicate network "${shown}", value: "${value}", old value: "${old}"`, {
      word: -1,
    });
  networks.set(key, value);
}

/** ngx_http_geo_range */
function rangeEntry(cx: CheckContext, state: GeoState): Problem | null {
  const value = cx.arg(0);
  if (cx.name === 'default') {
    if (state.defaultRange !== null)
      cx.warn(
        'duplicate-default',
        `duplicate default geo range value: "${value}", old value: "${state.defaultRange}"`,
      );
    state.defaultRange = value;
    return null;
  }
  const deletes = cx.name === 'delete';
  const text = deletes ? value : cx.name;
  const dash = text.indexOf('-');
  const start = dash === -1 ? null : parseInet(text.slice(0, dash));
  const end = dash === -1 ? null : parseInet(text.slice(dash + 1));
  if (start === null || end === null || start > end)
    return problem('invalid-value', `invalid range "${text}"`, {
      word: deletes ? 0 : -1,
      detail: 'With "ranges" an entry is FIRST-LAST, both IPv4 addresses.',
    });
  return deletes ? deleteRange(cx, state, text, start, end) : addRange(cx, state, text, start, end, value);
}

/** The parts of `start`-`end` by /16: their number, and first and last address within. */
function* parts(start: number, end: number): Generator<[high: number, first: number, last: number]> {
  const highest = end >>> 16;
  for (let high = start >>> 16; high <= highest; high++)
    yield [high, high === start >>> 16 ? start & 0xffff : 0, high === highest ? end & 0xffff : 0xffff];
}

/** ngx_http_geo_add_range: ranges may nest, and may not overlap otherwise. */
function addRange(
  cx: CheckContext,
  { byHigh }: GeoState,
  text: string,
  start: number,
  end: number,
  value: string,
): Problem | null {
  for (const [high, first, last] of parts(start, end)) {
    const ranges = byHigh.get(high) ?? [];
    byHigh.set(high, ranges);
    let at = ranges.length;
    while (at > 0 && last < ranges[at - 1]!.start) at--;
    const before = ranges[at - 1];
    const added: Range = { start: first, end: last, value };
    if (before === undefined || first > before.end) {
      ranges.splice(at, 0, added);
      continue;
    }
    if (first < before.start || last > before.end) {
      const prefix = `${high >>> 8}.${high & 0xff}`;
      const shown = (low: number): string => `${prefix}.${low >>> 8}.${low & 0xff}`;
      return problem('conflict', `range "${text}" overlaps "${shown(before.start)}-${shown(before.end)}"`, {
        word: -1,
      });
    }
    if (first === before.start && last === before.end)
      cx.warn(
        'duplicate-range',
        `duplicate range "${text}", value: "${value}", old value: "${before.value}"`,
      );
    const pieces: Range[] = [];
    if (first > before.start) pieces.push({ ...before, end: first - 1 });
    pieces.push(added);
    if (last < before.end) pieces.push({ ...before, start: last + 1 });
    ranges.splice(at - 1, 1, ...pieces);
  }
  return null;
}

/** ngx_http_geo_delete_range */
function deleteRange(cx: CheckContext, { byHigh }: GeoState, text: string, start: number, end: number): null {
  let missing = false;
  for (const [high, first, last] of parts(start, end)) {
    const ranges = byHigh.get(high) ?? [];
    const at = ranges.findIndex((range) => range.start === first && range.end === last);
    if (at === -1) missing = true;
    else ranges.splice(at, 1);
  }
  if (missing) cx.warn('nothing-to-delete', `no address range "${text}" to delete`, { word: 0 });
  return null;
}
