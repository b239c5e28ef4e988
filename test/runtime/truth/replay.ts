import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import { ServerProcess } from '../../../src/runtime/process/server-process.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { Backend } from './backends.ts';
import { request } from './client.ts';
import { fill, recordedTime, unfill } from './recorded.ts';
import type { Difference, Ports, RecordedCase, RecordedRequest, UpstreamHead } from './recorded.ts';

const backendNames = ['B1', 'B2', 'B3'];

function normalise(text: string, ports: Ports): string {
  const dated = text.replace(/^Date: [^\r]*/m, 'Date: <date>');
  return unfill(dated.replaceAll(/nginx\/\d+\.\d+\.\d+/g, 'nginx/x.yy.z'), ports);
}

function writeFiles(directory: string, files: Readonly<Record<string, string>>, ports: Ports): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, fill(text, ports), 'latin1');
    utimesSync(path, recordedTime, recordedTime);
  }
}

/** Serves a recorded configuration, sends its requests, and tells what is not as it was with nginx. */
export async function replay(recorded: RecordedCase, directory: string, ports: Ports): Promise<Difference[]> {
  if (!recorded.test.ok) return [];
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'logs'), { recursive: true });
  writeFiles(directory, recorded.files, ports);
  let seen: UpstreamHead[] = [];
  const backends = backendNames
    .map((name, index) => ({ name, mode: recorded.backends[name] ?? 'refuse', port: ports.backends[index]! }))
    .filter(({ mode }) => mode !== 'refuse' && mode !== 'nginx')
    .map(({ name, mode, port }) => ({ port, backend: new Backend(name, mode, (head) => seen.push(head)) }));
  const messages: string[] = [];
  const server = new ServerProcess(
    [{ to: { kind: 'file', path: join(directory, 'logs/error.log') }, level: 'info' }],
    false,
  );
  try {
    for (const { backend, port } of backends) await backend.listen(port);
    const entry = join(directory, 'nginx.conf');
    const source = new SourceFile(entry, fill(recorded.files['nginx.conf']!, ports));
    const config = resolve(source, { target: recorded.nginx, prefix: directory });
    const { plan } = lower(config, { prefix: directory });
    const served = await server.serve(plan, (level, message) => messages.push(`[${level}] ${message}`));
    if (!served) {
      return [
        {
          case: recorded.id,
          request: -1,
          name: 'start',
          field: 'start',
          expected: 'served',
          actual: messages,
        },
      ];
    }
    const differences: Difference[] = [];
    for (const [index, expected] of recorded.requests.entries()) {
      seen = [];
      const answer = await request(ports.server, fill(expected.raw, ports));
      await delay(10);
      const upstream = seen.map((head) => ({
        ...head,
        head: normalise(head.head, ports),
        ...(head.body === undefined ? {} : { body: normalise(head.body, ports) }),
      }));
      const actual = {
        status: answer.status,
        responseHead: normalise(answer.head, ports),
        body: normalise(answer.body, ports),
        upgraded: answer.upgraded,
        end: answer.end,
        interim: answer.interim,
        upstream,
      };
      differences.push(...compare(recorded.id, index, expected, actual));
    }
    return differences;
  } finally {
    await server.terminate();
    await Promise.all(backends.map(({ backend }) => backend.close()));
    rmSync(directory, { recursive: true, force: true });
  }
}

function compare(
  id: string,
  index: number,
  expected: RecordedRequest,
  actual: Record<string, unknown>,
): Difference[] {
  const wanted: Record<string, unknown> = { ...expected, interim: expected.interim ?? [] };
  return Object.keys(actual)
    .filter((field) => JSON.stringify(wanted[field]) !== JSON.stringify(actual[field]))
    .map((field) => ({
      case: id,
      request: index,
      name: expected.name,
      field,
      expected: wanted[field],
      actual: actual[field],
    }));
}
