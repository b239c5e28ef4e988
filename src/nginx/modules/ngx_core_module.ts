import { moduleOfFile } from '../addons.ts';
import type { CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { fullName } from '../paths.ts';
import { systemError } from '../../system/errno.ts';
import { pageSize, zonesOf } from '../zones.ts';
import { parseNumber } from '../values/number.ts';

/** Blocks after which nginx has counted its modules, so that no more can be loaded. */
const usesModules = ['events', 'http', 'stream', 'mail'];

/** ngx_load_module */
function loadModule(cx: CheckContext): Problem | null {
  const module = moduleOfFile(cx.arg(0));
  if (usesModules.some((name) => cx.block.first(name) !== undefined)) {
    cx.refusedModules.add(module);
    return directiveProblem(cx.name, 'conflict', 'is specified too late', {
      detail: 'Modules have to be loaded before the events, http, stream and mail blocks.',
    });
  }
  if (cx.environment !== null) {
    const path = fullName(cx, cx.arg(0));
    const error = cx.environment.access(path);
    if (error !== '') {
      const reason = `${path}: cannot open shared object file: ${systemError(error).text}`;
      return problem('module-missing', `dlopen() "${path}" failed (${reason})`, { word: 0 });
    }
  }
  if (cx.loadedModules.has(module) && cx.since('1.9.11')) {
    const message = `module "${module}" is already loaded`;
    return problem('duplicate', message, { word: 0 });
  }
  cx.loadedModules.add(module);
  return null;
}

/** ngx_set_user: only the machine knows its users. */
function user(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || cx.environment === null) return refused;
  if (!cx.environment.userExists(cx.arg(0)))
    return problem('unknown-user', `getpwnam("${cx.arg(0)}") failed`, { word: 0 });
  const word = cx.values.length - 1;
  if (!cx.environment.groupExists(cx.arg(word)))
    return problem('unknown-user', `getgrnam("${cx.arg(word)}") failed`, { word });
  return null;
}

function workerProcesses(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || cx.arg(0) === 'auto') return refused;
  return parseNumber(cx.arg(0)) === null
    ? directiveProblem(cx.name, 'invalid-value', 'invalid value', { word: 0 })
    : null;
}

function workerPriority(cx: CheckContext): Problem | null {
  const refused = cx.block.all(cx.name).some((node) => /[1-9]/.test(node.values[0]!)) ? duplicate(cx) : null;
  if (refused !== null) return refused;
  return parseNumber(cx.arg(0).replace(/^[-+]/, '')) === null
    ? directiveProblem(cx.name, 'invalid-value', 'invalid number', { word: 0 })
    : null;
}

const mostCpus = 1024;

/** ngx_set_cpu_affinity */
function workerCpuAffinity(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const auto = cx.arg(0) === 'auto' && cx.since('1.9.10');
  if (auto && cx.values.length > 2)
    return problem('invalid-number-of-arguments', `invalid number of arguments in "${cx.name}" directive`);
  for (let word = auto ? 1 : 0; word < cx.values.length; word++) {
    const mask = cx.arg(word);
    if (mask.length > mostCpus)
      return problem('invalid-value', `"${cx.name}" supports up to ${mostCpus} CPUs only`, { word });
    const wrong = /[^01 ](?=[01 ]*$)/.exec(mask)?.[0];
    if (wrong !== undefined)
      return problem('invalid-value', `invalid character "${wrong}" in "${cx.name}"`, { word });
  }
  return null;
}

/** Three pages: the allocator of a zone takes one for itself and one for its tables. */
const smallestOfAll = 3 * pageSize;

/** src/core/nginx.c */
export const coreModule: ModuleChecks = {
  module: 'ngx_core_module',
  directives: {
    load_module: loadModule,
    user,
    worker_processes: workerProcesses,
    worker_priority: workerPriority,
    worker_cpu_affinity: workerCpuAffinity,
    env: () => null,
  },
  /** ngx_init_cycle: a zone that was only ever referred to, or that has no room for what its module keeps there. */
  endOfCycle(cx) {
    for (const { name, size, node, reported } of zonesOf(cx).values()) {
      if (size > 0 && size < smallestOfAll)
        cx.report(
          problem('zone-too-small', 'ngx_slab_alloc() failed: no memory', {
            node,
            placeless: true,
            level: 'crit',
            detail: `The zone "${name}" is too small for what nginx keeps there at once; the least is ${smallestOfAll / 1024}k.`,
          }),
        );
      if (size === 0 && !reported && !cx.fragment)
        cx.report(
          problem('zone-undefined', `zero size shared memory zone "${name}"`, {
            node,
            placeless: true,
            detail: `The zone "${name}" is used here, but no directive gives its size.`,
          }),
        );
    }
  },
};
