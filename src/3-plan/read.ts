import { z } from 'zod';
import { plan, type Plan } from './schema.ts';
import { realSchema } from './schema/z.ts';

/** Reads a plan as untrusted data. */
export function parsePlan(value: unknown): { ok: true; plan: Plan } | { ok: false; message: string } {
  const result = realSchema(plan, z).safeParse(value);
  if (result.success) return { ok: true, plan: result.data as unknown as Plan };
  return { ok: false, message: z.prettifyError(result.error) };
}

/** The JSON Schema of a plan (`hopwright compile --schema`). */
export function planJsonSchema(): unknown {
  return z.toJSONSchema(realSchema(plan, z), { title: 'Hopwright plan' } as never);
}
