import type { Plan } from '../3-plan/schema.ts';
import { serve } from './process/serve.ts';

/**
 * What a file made by `compile --standalone` runs: serves the plan that stands in it, in the foreground, until a signal ends
 * the process. A reload (HUP) starts a new generation of the same plan, with its logs and certificates read again.
 */
export async function runStandalone(plan: Plan): Promise<never> {
  const code = await serve({
    load: async () => plan,
    report: (level, message) => process.stderr.write(`${level}: ${message}\n`),
    fallbackLog: [{ to: { kind: 'stderr' }, level: 'error' }],
    overrides: { daemon: false },
  });
  // Whatever is still open (a kept upstream connection, say) is no reason to stay.
  process.exit(code);
}
