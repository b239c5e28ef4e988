import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessCost {
  /** Milliseconds from start to exit. */
  readonly wall: number;
  /** User plus system time in milliseconds. */
  readonly cpu: number;
  /** Peak resident memory in MiB. */
  readonly peak: number;
  readonly exitCode: number | null;
}

/**
 * Runs a command to its end three times, because each measurement would take from the others: wall time by the clock, CPU time by
 * the shell's `times`, peak memory as the highest VmHWM seen in /proc (sampled every 5 ms, so a peak right before the exit may be
 * missed by a little).
 */
export async function measureProcess(command: string, args: readonly string[]): Promise<ProcessCost> {
  const cpu = shellTimes(command, args);
  const { exitCode, wall } = await timed(command, args);
  return { wall, cpu, peak: await peakOf(command, args), exitCode };
}

async function timed(
  command: string,
  args: readonly string[],
): Promise<Pick<ProcessCost, 'wall' | 'exitCode'>> {
  const started = performance.now();
  const exitCode = await ended(spawn(command, args, { stdio: 'ignore' }));
  return { wall: performance.now() - started, exitCode };
}

async function peakOf(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'ignore' });
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, peakMemory(child.pid!));
  }, 5);
  await ended(child);
  clearInterval(sampler);
  return peak;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}

function shellTimes(command: string, args: readonly string[]): number {
  const run = spawnSync('bash', ['-c', '"$@" >/dev/null 2>&1; times', 'bash', command, ...args], {
    encoding: 'utf8',
  });
  const children = run.stdout.trim().split('\n')[1] ?? '';
  let milliseconds = 0;
  for (const [, minutes, seconds] of children.matchAll(/(\d+)m([\d.]+)s/g)) {
    milliseconds += Number(minutes) * 60_000 + Number(seconds) * 1000;
  }
  return milliseconds;
}

function peakMemory(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0; // It has just ended.
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
