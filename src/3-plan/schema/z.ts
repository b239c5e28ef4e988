import type { z as Zod } from 'zod';

/**
 * zod's functions, recorded. The schema files are read by everything that lowers or evaluates, for their names, types and
 * defaults; only reading a plan from outside needs zod itself, which costs a third of a short run's time. So `z.int().min(0)`
 * here is a description, and {@link realSchema} makes the schema of it.
 */
export const z = new Proxy(
  {},
  {
    get:
      (_, name: string) =>
      (...words: unknown[]) =>
        recorded((zod) => (zod as any)[name](...words.map((word) => realValue(word, zod)))),
  },
) as typeof Zod;

type Build = (zod: typeof Zod) => any;

const build = Symbol('build');

function recorded(make: Build): any {
  let made: unknown;
  const once: Build = (zod) => (made ??= make(zod));
  return new Proxy(once, {
    get: (_, name) =>
      name === build
        ? once
        : (...words: unknown[]) =>
            recorded((zod) => once(zod)[name](...words.map((word) => realValue(word, zod)))),
  });
}

/** The schema that a recorded expression describes. */
export function realSchema<Schema>(expression: Schema, zod: typeof Zod): Schema {
  return (expression as { [build]: Build })[build](zod);
}

function realValue(value: unknown, zod: typeof Zod): unknown {
  if (Array.isArray(value)) return value.map((each) => realValue(each, zod));
  if (typeof value === 'function') {
    const make = (value as { [build]?: Build })[build];
    // Any other function is a callback, such as that of `lazy`.
    return make === undefined ? (...words: unknown[]) => realValue(value(...words), zod) : make(zod);
  }
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, realValue(each, zod)]));
}
