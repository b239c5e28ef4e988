import { z } from './z.ts';
import {
  bitmask,
  custom,
  enumeration,
  flag,
  ignored,
  number,
  regex,
  size,
  string,
  template,
} from './setting.ts';

/** Types that a filter is for when none are named; `*` is any. */
const htmlOnly = ['text/html'];

/** ngx_http_gzip_filter_module, and the core's directives about who takes gzip. */
export const gzipTable = {
  gzip: flag(false),
  gzip_types: custom(z.array(z.string()), htmlOnly),
  gzip_comp_level: number(1),
  gzip_min_length: size(20),
  gzip_window: size(32_768),
  gzip_hash: size(131_072),
  gzip_buffers: ignored(),
  gzip_no_buffer: ignored(),
  postpone_gzipping: ignored(),
  gzip_vary: flag(false),
  gzip_http_version: enumeration(['1.0', '1.1'], '1.1'),
  gzip_proxied: bitmask(
    ['off', 'expired', 'no-cache', 'no-store', 'private', 'no_last_modified', 'no_etag', 'auth', 'any'],
    ['off'],
  ),
  /** Patterns for `User-Agent`. */
  gzip_disable: custom(z.array(regex), []),
  /** `gzip_disable msie6`, which inner levels keep. */
  disable_msie6: custom(z.boolean(), false),
};

/** ngx_http_gunzip_filter_module. */
export const gunzipTable = {
  gunzip: flag(false),
  gunzip_buffers: ignored(),
};

/** ngx_http_gzip_static_module. */
export const gzipStaticTable = {
  gzip_static: enumeration(['off', 'on', 'always'], 'off'),
};

/** One `sub_filter`. */
export const substitution = z.strictObject({ search: template, replacement: template });

/** ngx_http_sub_filter_module. */
export const subTable = {
  sub_filter: custom(z.array(substitution), []),
  sub_filter_types: custom(z.array(z.string()), htmlOnly),
  sub_filter_once: flag(true),
  sub_filter_last_modified: flag(false),
};

/** ngx_http_addition_filter_module: '' adds nothing. */
export const additionTable = {
  add_before_body: string(''),
  add_after_body: string(''),
  addition_types: custom(z.array(z.string()), htmlOnly),
};

/** ngx_http_slice_filter_module: 0 is off. */
export const sliceTable = { slice: size(0) };
