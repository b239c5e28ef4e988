import type { Location, ModuleName, ModuleSettings, Plan } from '../3-plan/schema.ts';
import { tables } from '../3-plan/schema/tables.ts';
import { compareVersions } from '../text/compare-versions.ts';

/** Whether the plan's target is at least `version`. */
export function targetIsAtLeast(plan: Plan, version: string): boolean {
  return compareVersions(plan.target, version) >= 0;
}

/** Reads a module's settings of locations, defaults of the target included; computed once for each group of the plan. */
export function settingsReader<Name extends ModuleName>(
  plan: Plan,
  module: Name,
): (location: Location) => ModuleSettings<Name> {
  const defaults: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(tables[module])) {
    for (const [since, value] of setting.default) if (targetIsAtLeast(plan, since)) defaults[name] = value;
  }
  const groups = (plan.http?.settings[module] ?? []).map((written) => ({ ...defaults, ...written }));
  return (location) => {
    const index = location.settings[module];
    return (index === undefined ? defaults : groups[index]) as ModuleSettings<Name>;
  };
}
