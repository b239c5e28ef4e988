import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { isOn } from '../../nginx/values/flag.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseOffset, parseSize } from '../../nginx/values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import type { Level, LowerContext } from '../lower-context.ts';
import type { ModuleName } from '../schema.ts';
import type { Setting } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';

/** Puts one directive into the plan. Values were judged before, so a value that cannot be read is left at its default. */
export type DirectiveLowering = (cx: LowerContext, level: Level, directive: ResolvedDirective) => void;

export type Lowerings = Readonly<Record<string, DirectiveLowering>>;

/** Word `index` after the name; '' when there is none. */
export function word(directive: ResolvedDirective, index: number): string {
  return directive.values[index] ?? '';
}

/** The arguments' values, without quotes and escapes. */
export function words(directive: ResolvedDirective): string[] {
  return [...directive.values];
}

/** The value of the last `key=value` among words; undefined when there is none. */
export function option(texts: readonly string[], key: string): string | undefined {
  return texts.findLast((text) => text.startsWith(`${key}=`))?.slice(key.length + 1);
}

/** A file of certificates or keys, from the root on; what has variables and `data:` or `store:` stay as they are. */
export function credentialPath(cx: LowerContext, text: string): string {
  const keep = text === '' || text.includes('$') || /^(data|engine|store):/.test(text);
  return keep ? text : cx.confPath(text);
}

const shifts: Readonly<Record<string, number>> = { user: 6, group: 3, all: 0 };

/** `user:rw group:r` (ngx_conf_set_access_slot): the owner may read and write unless something else is said. */
export function accessMode(parameters: readonly string[]): number {
  let mode = parameters.some((parameter) => parameter.startsWith('user:')) ? 0 : 0o600;
  for (const parameter of parameters) {
    const [who = '', rights = ''] = parameter.split(':');
    mode |= (rights === 'rw' ? 6 : 4) << (shifts[who] ?? 0);
  }
  return mode;
}

/** The lowering that a setting's kind implies; null for `custom`. */
export function loweringByKind(
  module: ModuleName,
  name: string,
  setting: Setting<unknown>,
): DirectiveLowering | null {
  if (setting.kind === 'bitmask') {
    // Words of several directives at one level add up (ngx_conf_set_bitmask_slot).
    return (_cx, level, directive) => {
      const list = level.list<string>(module, name, directive);
      for (const each of words(directive))
        list.push(setting.words!.find((known) => known.toLowerCase() === each.toLowerCase()) ?? each);
    };
  }
  const read = readers[setting.kind];
  if (read === undefined) return null;
  return (_cx, level, directive) => {
    const value = read(directive, setting);
    if (value !== null) level.set(module, name, value, directive);
  };
}

const readers: Readonly<
  Record<string, (directive: ResolvedDirective, setting: Setting<unknown>) => unknown>
> = {
  flag: (directive) => isOn(directive),
  number: (directive) => parseNumber(word(directive, 0)),
  size: (directive) => parseSize(word(directive, 0)),
  offset: (directive) => parseOffset(word(directive, 0)),
  msec: (directive) => parseMilliseconds(word(directive, 0)),
  seconds: (directive) => parseSeconds(word(directive, 0)),
  string: (directive) => word(directive, 0),
  template: (directive) => parseTemplate(word(directive, 0)),
  ignored: (directive) => words(directive),
  enum: (directive, setting) =>
    setting.words!.find((each) => each.toLowerCase() === word(directive, 0).toLowerCase()) ?? null,
};
