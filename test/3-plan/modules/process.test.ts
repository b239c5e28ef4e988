import { describe, expect, test } from 'vitest';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import { SourceFile } from '../../../src/text/source-file.ts';

function processOf(text: string) {
  const config = resolve(new SourceFile('/etc/nginx/nginx.conf', text), {
    target: '1.31.5',
    prefix: '/etc/nginx/',
  });
  if (!config.verdict.ok) throw new Error(config.verdict.message);
  return lower(config, { prefix: '/etc/nginx' }).plan.process;
}

describe('what the main and events contexts say', () => {
  test('flags are read in whatever case, as nginx reads them', () => {
    const { daemon, masterProcess, multiAccept } = processOf(
      'daemon ON; master_process On; events { multi_accept oN; }',
    );
    expect({ daemon, masterProcess, multiAccept }).toEqual({
      daemon: true,
      masterProcess: true,
      multiAccept: true,
    });
  });

  test('what is not said has the defaults of nginx', () => {
    expect(processOf('events {}')).toMatchObject({ daemon: true, masterProcess: true, multiAccept: false });
  });

  test('"worker_processes auto" leaves the count to the machine', () => {
    expect(processOf('worker_processes auto; events {}').workerProcesses).toBe(0);
    expect(processOf('worker_processes 3; events {}').workerProcesses).toBe(3);
  });

  test('"debug_connection localhost" stands for both loopback addresses', () => {
    expect(processOf('events { debug_connection localhost; }').debugConnections).toEqual([
      '127.0.0.1',
      '::1',
    ]);
  });
});
