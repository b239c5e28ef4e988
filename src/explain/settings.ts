import type { ResolvedBlock } from '../2-resolve/resolved-config.ts';
import { compareVersions } from '../text/compare-versions.ts';
import { decodeBytes } from '../text/source-file.ts';
import { levelName, textOf } from './causes/cause.ts';

/** A setting that decides what the upstream gets, or how long a socket lives. */
export interface EffectiveSetting {
  /** As written; for a default as it would be written. */
  readonly text: string;
  /** The level it comes from, such as `server`; null for a default. */
  readonly level: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

type Default = string | ((target: string) => string);

/** What is told, in this order, with nginx's defaults (ngx_http_proxy_module.c); '' where a default says nothing. */
const told: readonly (readonly [name: string, byDefault: Default])[] = [
  ['proxy_pass', ''],
  ['proxy_http_version', (target) => (compareVersions(target, '1.29.7') < 0 ? '1.0' : '1.1')],
  ['proxy_set_header', ''],
  ['proxy_method', ''],
  ['proxy_pass_request_headers', ''],
  ['proxy_hide_header', ''],
  ['proxy_read_timeout', '60s'],
  ['proxy_ssl_server_name', ''],
];

/** The settings that apply to a request passed on at a level, each with the level that it was written at. */
export function effectiveSettings(block: ResolvedBlock, target: string): EffectiveSetting[] {
  return told.flatMap(([name, byDefault]): EffectiveSetting[] => {
    const { directives, from } = block.effective(name);
    if (directives.length === 0 || from === null) {
      const value = typeof byDefault === 'string' ? byDefault : byDefault(target);
      return value === '' ? [] : [{ text: `${name} ${value}`, level: null, file: null, line: null }];
    }
    return directives.map((directive) => ({
      text: decodeBytes(textOf(directive)),
      level: levelName(from),
      file: directive.node.file.path,
      line: directive.node.file.lineAt(directive.node.start),
    }));
  });
}
