import type { infer as Infer, ZodType } from 'zod';
import { z } from './z.ts';

/**
 * How the plan writes values. A module's settings are one table: directive name to kind, bounds and default. From the
 * table come the zod schema of the plan, the types, the lowering (by kind) and the defaults, so a directive is described once.
 */

/** Text with variables: a constant, or its parts in order. `var` is a variable's lower-case name, `capture` 1 to 9. */
export const template = z.union([
  z.string(),
  z.array(
    z.union([z.string(), z.strictObject({ var: z.string() }), z.strictObject({ capture: z.int().min(0) })]),
  ),
]);
export type Template = Infer<typeof template>;

/** Index into `plan.origins`; -1: no line of the configuration. */
export const origin = z.int().min(-1);

export const regex = z.strictObject({ pattern: z.string(), caseless: z.boolean() });
export type PlanRegex = Infer<typeof regex>;

export type SettingKind =
  | 'flag'
  | 'number'
  | 'size'
  | 'offset'
  | 'msec'
  | 'seconds'
  | 'enum'
  | 'bitmask'
  | 'string'
  | 'template'
  | 'ignored'
  | 'custom';

/** A default that depends on the nginx version: the newest entry whose version is not above the target applies. */
export type Default<Value> = readonly (readonly [since: string, value: Value])[];

export interface Setting<Value> {
  readonly kind: SettingKind;
  readonly schema: ZodType<Value>;
  readonly default: Default<Value>;
  readonly words: readonly string[] | null;
}

export type SettingsTable = Readonly<Record<string, Setting<any>>>;

/** A module's settings with every value present. */
export type SettingsOf<Table extends SettingsTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer Value> ? Value : never;
};

/** What the plan holds of a module at one level: the values that were written there or inherited, and where. */
export type WrittenSettings<Table extends SettingsTable> = Partial<SettingsOf<Table>> & {
  readonly at: Readonly<Record<string, number>>;
};

function setting<Value>(
  kind: SettingKind,
  schema: ZodType<Value>,
  value: Value | Default<Value>,
  words: readonly string[] | null = null,
): Setting<Value> {
  return { kind, schema, default: isByVersion(value) ? value : [['0', value]], words };
}

function isByVersion<Value>(value: Value | Default<Value>): value is Default<Value> {
  return (
    Array.isArray(value) && value.length > 0 && Array.isArray(value[0]) && /^\d/.test(String(value[0][0]))
  );
}

export const flag = (value: boolean | Default<boolean>) => setting('flag', z.boolean(), value);
export const number = (value: number | Default<number>) => setting('number', z.int(), value);
/** Bytes; units k and m. */
export const size = (value: number | Default<number>) => setting('size', z.int(), value);
/** Bytes; units k, m and g. */
export const offset = (value: number | Default<number>) => setting('offset', z.int(), value);
export const msec = (value: number | Default<number>) => setting('msec', z.int(), value);
export const seconds = (value: number | Default<number>) => setting('seconds', z.int(), value);
export const string = (value: string) => setting('string', z.string(), value);
export const enumeration = <const Words extends readonly string[]>(
  words: Words,
  value: Words[number] | Default<Words[number]>,
) => setting<Words[number]>('enum', z.enum(words), value, words);
/** Words in the order of writing. */
export const bitmask = (words: readonly string[], value: readonly string[]) =>
  setting<string[]>('bitmask', z.array(z.string()), [['0', [...value]]], words);
/** Text with variables; '' when absent. */
export const text = (value: string) => setting<Template>('template', template, [['0', value]]);
/** Accepted, without influence on what clients get: it only tunes how nginx itself works. Its words are kept for people. */
export const ignored = () => setting<string[]>('ignored', z.array(z.string()), [['0', []]]);
/** The lowering of the module reads it. */
export const custom = <Value>(schema: ZodType<Value>, value: Value) =>
  setting<Value>('custom', schema, [['0', value]]);

/** The schema of what the plan holds for a module at one level. */
export function settingsSchema(table: SettingsTable) {
  const shape: Record<string, ZodType> = { at: z.record(z.string(), origin) };
  for (const [name, { schema }] of Object.entries(table)) shape[name] = schema.optional();
  return z.strictObject(shape);
}
