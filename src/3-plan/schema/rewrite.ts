import type { infer as Infer, ZodType } from 'zod';
import { z } from './z.ts';
import { origin, regex, template } from './setting.ts';
import type { PlanRegex, Template } from './setting.ts';

/** `if (…)`. `empty` tests that a value is neither empty nor `0`. */
export const condition = z.union([
  z.strictObject({ test: z.literal('set'), value: template }),
  z.strictObject({ test: z.literal('equal'), value: template, other: template, negate: z.boolean() }),
  z.strictObject({ test: z.literal('match'), value: template, regex, negate: z.boolean() }),
  z.strictObject({
    test: z.literal('file'),
    file: z.enum(['file', 'directory', 'exists', 'executable']),
    value: template,
    negate: z.boolean(),
  }),
]);
export type Condition = Infer<typeof condition>;

/** One step of the rewrite module, in the order of writing. */
export type RewriteStep =
  | { op: 'set'; variable: string; value: Template; origin: number }
  | { op: 'break'; origin: number }
  | { op: 'return'; status: number; text: Template | null; origin: number }
  | {
      op: 'rewrite';
      regex: PlanRegex;
      replacement: Template;
      /** Arguments follow with `&` unless the replacement ended with `?`. */
      keepArgs: boolean;
      redirect: 0 | 301 | 302;
      last: boolean;
      break: boolean;
      origin: number;
    }
  | { op: 'if'; condition: Condition; location: number; steps: RewriteStep[]; origin: number };

export const rewriteStep: ZodType<RewriteStep> = z.lazy(() =>
  z.union([
    z.strictObject({ op: z.literal('set'), variable: z.string(), value: template, origin }),
    z.strictObject({ op: z.literal('break'), origin }),
    z.strictObject({
      op: z.literal('return'),
      status: z.int(),
      text: template.nullable(),
      origin,
    }),
    z.strictObject({
      op: z.literal('rewrite'),
      regex,
      replacement: template,
      keepArgs: z.boolean(),
      redirect: z.union([z.literal(0), z.literal(301), z.literal(302)]),
      last: z.boolean(),
      break: z.boolean(),
      origin,
    }),
    z.strictObject({
      op: z.literal('if'),
      condition,
      /** Index of the pseudo location whose settings apply from here on. */
      location: z.int(),
      steps: z.array(rewriteStep),
      origin,
    }),
  ]),
);
