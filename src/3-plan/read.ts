import { z } from 'zod';
import { plan, planVersion, type Plan } from './schema.ts';
import { realSchema } from './schema/z.ts';

/** Reads a plan as untrusted data; `message` says in words for people what is wrong with it. */
export function parsePlan(value: unknown): { ok: true; plan: Plan } | { ok: false; message: string } {
  const version = (value as { readonly planVersion?: unknown } | null)?.planVersion;
  if (version === undefined) return { ok: false, message: 'it has no "planVersion"' };
  if (version !== planVersion)
    return {
      ok: false,
      message: `it has plan version ${JSON.stringify(version)}, this program reads ${planVersion}: compile the configuration again`,
    };
  const result = realSchema(plan, z).safeParse(value);
  if (result.success) return { ok: true, plan: result.data as unknown as Plan };
  return {
    ok: false,
    message: `it is damaged, or was made by another version:\n${z.prettifyError(result.error)}`,
  };
}

/** The JSON Schema of a plan (`hopwright compile --schema`). */
export function planJsonSchema(): unknown {
  return z.toJSONSchema(realSchema(plan, z), { title: 'Hopwright plan' } as never);
}
