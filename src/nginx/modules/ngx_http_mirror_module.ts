import type { CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';

/** ngx_http_mirror: several URIs, or `off` alone. */
function mirror(cx: CheckContext): Problem | null {
  const before = cx.block.first('mirror');
  const exclusive = cx.arg(0) === 'off' || before?.values[0]! === 'off';
  return exclusive ? duplicate(cx) : null;
}

/** ngx_http_mirror_module.c */
export const httpMirrorModule: ModuleChecks = { module: 'ngx_http_mirror_module', directives: { mirror } };
