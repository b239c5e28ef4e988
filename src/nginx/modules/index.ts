import type { ModuleChecks } from '../module-checks.ts';
import { confModule } from './ngx_conf_module.ts';

/** Every module with checks of its own, in nginx's order (auto/modules), which is the order of the hooks. */
export const modules: readonly ModuleChecks[] = [confModule];
