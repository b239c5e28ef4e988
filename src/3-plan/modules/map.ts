import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { Directive, MapDirective } from '../../1-syntax/ast.ts';
import { parseFixedPoint } from '../../nginx/values/number.ts';
import type { LowerContext } from '../lower-context.ts';
import type { HttpPlan } from '../schema.ts';
import type { Template } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';
import { declareCaptures } from './regex.ts';

type Lowering = (cx: LowerContext, directive: ResolvedDirective, entries: readonly Directive[]) => void;

const nameOf = (node: MapDirective) => (node.variable?.value ?? '').slice(1).toLowerCase();

/** `map`, `geo`, `split_clients` and `charset_map`; `entries` has includes expanded. */
export const mapLowerings: Readonly<Record<string, Lowering>> = {
  /** ngx_http_map_module. */
  map(cx, directive, entries) {
    const node = directive.node as MapDirective;
    const map: HttpPlan['maps'][number] = {
      variable: nameOf(node),
      source: parseTemplate(node.source?.value ?? ''),
      hostnames: false,
      volatile: false,
      default: '',
      entries: [],
      origin: cx.origin(directive),
    };
    for (const entry of entries) {
      const key = entry.keyword;
      if (entry.values.length === 0) {
        if (key === 'hostnames') map.hostnames = true;
        if (key === 'volatile') map.volatile = true;
        continue;
      }
      const value: Template = parseTemplate(entry.values[0]!);
      const origin = cx.originAt(entry.file, entry.start);
      if (key === 'default') map.default = value;
      else if (key.startsWith('~')) {
        const caseless = key.startsWith('~*');
        const pattern = key.slice(caseless ? 2 : 1);
        declareCaptures(cx, pattern, directive);
        map.entries.push({ key: { pattern, caseless }, hostname: false, value, origin });
      } else {
        const plain = key.startsWith('\\') ? key.slice(1) : key;
        map.entries.push({ key: plain.toLowerCase(), hostname: map.hostnames, value, origin });
      }
    }
    cx.http.maps.push(map);
  },
  /** ngx_http_charset_map */
  charset_map(cx, directive, entries) {
    cx.http.charsetMaps.push({
      source: directive.values[0]!,
      destination: directive.values[1]!,
      entries: entries.map(({ name, values }) => ({
        byte: parseInt(name.value, 16),
        bytes: Buffer.from(values[0]!.padStart(2, '0'), 'hex').toString('latin1'),
      })),
      origin: cx.origin(directive),
    });
  },
  /** ngx_http_geo_module. */
  geo(cx, directive, entries) {
    const node = directive.node as MapDirective;
    const geo: HttpPlan['geos'][number] = {
      variable: nameOf(node),
      source: node.source === null ? [{ var: 'remote_addr' }] : parseTemplate(node.source.value),
      ranges: false,
      default: '',
      proxies: [],
      proxyRecursive: false,
      volatile: false,
      entries: [],
      origin: cx.origin(directive),
    };
    for (const entry of entries) {
      const key = entry.keyword;
      const value = entry.values[0] ?? '';
      if (entry.values.length === 0) {
        if (key === 'ranges') geo.ranges = true;
        if (key === 'proxy_recursive') geo.proxyRecursive = true;
        if (key === 'volatile') geo.volatile = true;
      } else if (key === 'default') geo.default = value;
      else if (key === 'proxy') geo.proxies.push(value);
      else {
        const origin = cx.originAt(entry.file, entry.start);
        if (key === 'delete') geo.entries.push({ network: value, value: null, origin });
        else geo.entries.push({ network: key, value, origin });
      }
    }
    cx.http.geos.push(geo);
  },
  /** ngx_http_split_clients_module. */
  split_clients(cx, directive, entries) {
    const node = directive.node as MapDirective;
    const parts = entries.map((entry) => {
      const key = entry.keyword;
      const percent = key === '*' ? -1 : (parseFixedPoint(key.slice(0, -1), 2) ?? 0);
      return { percent, value: entry.values[0] ?? '' };
    });
    cx.http.splitClients.push({
      variable: nameOf(node),
      source: parseTemplate(node.source?.value ?? ''),
      parts,
      origin: cx.origin(directive),
    });
  },
};
