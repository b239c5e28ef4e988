/**
 * `node test/nginx/generated.ts [--count N] [--seed N] [--binary NGINX] [--jobs N] [--port FIRST] [--case N] [--show] [--steps N] [--no-logs]`: draws
 * configurations with requests, serves them with nginx and with Hopwright, and compares what clients, backends and logs
 * got. Hopwright takes the version of the nginx that it is compared with (`--binary` or NGINX_BINARY, else `nginx`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { portsFrom } from '../ports.ts';
import { printConfig, type GeneratedCase } from './serve/generated/case.ts';
import { compareObservations, kindOf, type Difference } from './serve/generated/compare.ts';
import { explainedOtherwise } from './serve/generated/explained.ts';
import { generate } from './serve/generated/generate.ts';
import type { Ports } from './serve/generated/placeholders.ts';
import { reduce } from './serve/generated/reduce.ts';
import { paces, type Pace } from './serve/generated/pace.ts';
import { observe } from './serve/generated/run-case.ts';
import { hopwrightStarter, nginxStarter, versionOf, type StartServer } from './serve/generated/servers.ts';

export interface GeneratedOptions {
  readonly count: number;
  readonly seed: number;
  readonly binary: string;
  readonly jobs: number;
  /** First of the ports that are used, ten for each job; others are taken where these are in use. */
  readonly port: number;
  /** Only this case of the seed. */
  readonly only?: number;
  readonly log?: (text: string) => void;
  /** Logs are compared too. */
  readonly logs: boolean;
  /** How many steps may be tried to make a differing case smaller. */
  readonly steps: number;
}

interface Finding {
  readonly reduced: GeneratedCase;
  readonly difference: Difference;
  readonly others: number;
}

class Bench {
  readonly #directory: string;
  readonly #ports: Ports;
  readonly #nginx: StartServer;
  readonly #ours: StartServer;
  readonly #target: string;
  readonly #logs: boolean;

  constructor(directory: string, first: number, nginx: StartServer, target: string, logs: boolean) {
    this.#directory = directory;
    this.#ports = { server: first, second: first + 1, backends: [first + 2, first + 3, first + 4] };
    this.#nginx = nginx;
    this.#ours = hopwrightStarter(target);
    this.#target = target;
    this.#logs = logs;
  }

  async compare(
    generated: GeneratedCase,
    pace: Pace,
  ): Promise<{ differences: Difference[]; refused: boolean }> {
    const nginx = await observe(generated, this.#directory, this.#ports, this.#nginx, pace);
    const ours = await observe(generated, this.#directory, this.#ports, this.#ours, pace);
    const all = [
      ...compareObservations(nginx, ours),
      ...explainedOtherwise(generated, this.#directory, this.#ports, this.#target, nginx),
    ];
    const differences = this.#logs ? all : all.filter(({ field }) => !field.endsWith(' log'));
    return { differences, refused: nginx.refused !== null };
  }
}

/** Runs `count` cases; the report has one reduced case for each kind of difference. */
export async function runGenerated(options: GeneratedOptions): Promise<{ report: string; passed: boolean }> {
  const { count, seed, binary, jobs, only, steps, logs, log = () => {} } = options;
  const target = versionOf(binary)!;
  const findings = new Map<string, Finding & { times: number }>();
  let next = only ?? 0;
  const end = only === undefined ? count : only + 1;
  let ran = 0;
  let refused = 0;
  let requests = 0;
  let differing = 0;
  const port = await portsFrom(options.port, 10 * jobs);
  const folder = mkdtempSync(join(tmpdir(), 'hopwright-generated-'));
  const job = async (index: number): Promise<void> => {
    const bench = new Bench(
      join(folder, String(index)),
      port + 10 * index,
      nginxStarter(binary),
      target,
      logs,
    );
    while (next < end) {
      const generated = generate(seed, next++, target);
      const first = await bench.compare(generated, paces[0]!);
      ran++;
      if (first.refused) refused++;
      else requests += generated.requests.length;
      if (first.differences.length === 0) continue;
      let lasting = first.differences;
      for (const pace of paces.slice(1)) {
        if (lasting.length === 0) break;
        const again = await bench.compare(generated, pace);
        lasting = again.differences.filter((one) => lasting.some((other) => kindOf(one) === kindOf(other)));
      }
      const [sure] = lasting;
      if (sure === undefined) continue;
      differing++;
      const kind = kindOf(sure);
      const before = findings.get(kind);
      if (before !== undefined) {
        before.times++;
        continue;
      }
      findings.set(kind, {
        reduced: generated,
        difference: sure,
        others: lasting.length - 1,
        times: 1,
      });
      let last = sure;
      const reduced = await reduce(
        generated,
        async (candidate) => {
          const { differences } = await bench.compare(candidate, paces[0]!);
          const same = differences.find((one) => one.field === sure.field && kindOf(one) === kind);
          if (same !== undefined) last = same;
          return same !== undefined;
        },
        steps,
      );
      const finding = {
        reduced,
        difference: last,
        others: lasting.length - 1,
        times: findings.get(kind)!.times,
      };
      findings.set(kind, finding);
      log(describe(kind, finding));
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, (_, index) => job(index)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const head = `generated: seed ${seed}, nginx ${target}: ${ran} configurations (${refused} refused), ${requests} requests, ${differing} cases differ in ${findings.size} ways`;
  const kinds = [...findings]
    .toSorted(([, a], [, b]) => b.times - a.times)
    .map(([kind, { times, reduced }]) => `${times} × ${reduced.id} ${kind}`);
  return { report: [head, ...kinds].join('\n'), passed: findings.size === 0 };
}

function describe(kind: string, { reduced, difference, others }: Finding): string {
  const requests = reduced.requests.map(({ pieces }) => JSON.stringify(pieces)).join('\n');
  return `=== ${reduced.id} ${kind} (${others} more)\n${printConfig(reduced.config)}backends ${reduced.backends.join(' ')}\n${requests}\n--- nginx (request ${difference.request})\n${difference.nginx}\n--- ours\n${difference.ours}\n`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string' },
      binary: { type: 'string', default: process.env['NGINX_BINARY'] ?? 'nginx' },
      jobs: { type: 'string', default: '4' },
      port: { type: 'string', default: '30000' },
      case: { type: 'string' },
      show: { type: 'boolean', default: false },
      steps: { type: 'string', default: '150' },
      'no-logs': { type: 'boolean', default: false },
    },
  });
  if (versionOf(values.binary) === null) {
    console.log(`${values.binary} is not installed: nothing to compare with`);
  } else {
    const { report, passed } = await runGenerated({
      count: Number(values.count),
      seed: values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed),
      binary: values.binary,
      jobs: Number(values.jobs),
      steps: Number(values.steps),
      logs: !values['no-logs'],
      port: Number(values.port),
      only: values.case === undefined ? undefined : Number(values.case),
      log: values.show ? console.log : undefined,
    });
    console.log(report);
    process.exit(passed ? 0 : 1);
  }
}
