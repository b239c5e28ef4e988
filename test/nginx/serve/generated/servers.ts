import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolve } from '../../../../src/2-resolve/resolve.ts';
import { lower } from '../../../../src/3-plan/lower.ts';
import { ServerProcess } from '../../../../src/runtime/process/server-process.ts';
import { SourceFile } from '../../../../src/text/source-file.ts';

/** A server that runs, or the reason why it does not. */
export type Started = { readonly stop: () => Promise<void> } | { readonly refused: string };

/** Starts the server in `directory`, which holds nginx.conf with `text`. */
export type StartServer = (directory: string, text: string) => Promise<Started>;

/** nginx's version, for example `1.22.1`; null where `binary` is none. */
export function versionOf(binary: string): string | null {
  return /nginx\/(\S+)/.exec(spawnSync(binary, ['-v'], { encoding: 'latin1' }).stderr ?? '')?.[1] ?? null;
}

const firstComplaint = /^nginx: \[(?:emerg|alert|crit|error)\] (.*)$/m;

/** As one process, as when the truth was recorded. */
export function nginxStarter(binary: string): StartServer {
  return async (directory) => {
    const pid = join(directory, 'nginx.pid');
    const globals = `daemon off; master_process off; pid ${pid};`;
    const child = spawn(
      binary,
      ['-p', `${directory}/`, '-c', 'nginx.conf', '-e', 'logs/start.log', '-g', globals],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
    const gone = new Promise<void>((done) => child.once('close', () => done()));
    // The file appears when the sockets listen; a connection to find out would show in the logs.
    while (!existsSync(pid) && child.exitCode === null && child.signalCode === null) await delay(3);
    if (!existsSync(pid)) {
      await gone;
      const complaint = firstComplaint.exec(said)?.[1] ?? `exit ${child.exitCode}`;
      return { refused: complaint.replaceAll(`${directory}/`, '') };
    }
    return {
      stop: async () => {
        child.kill('SIGTERM');
        const hard = setTimeout(() => child.kill('SIGKILL'), 2000);
        await gone;
        clearTimeout(hard);
      },
    };
  };
}

/** Hopwright in this process, with the behaviour of nginx `target`. */
export function hopwrightStarter(target: string): StartServer {
  return async (directory, text) => {
    const source = new SourceFile(join(directory, 'nginx.conf'), text);
    const config = resolve(source, { target, prefix: directory });
    const { verdict } = config;
    if (!verdict.ok) {
      const place = verdict.file === null ? '' : ` in ${verdict.file.path}:${verdict.line}`;
      return { refused: `${verdict.message}${place}`.replaceAll(`${directory}/`, '') };
    }
    const { plan } = lower(config, { prefix: directory });
    const server = new ServerProcess(
      [{ to: { kind: 'file', path: join(directory, 'logs/start.log') }, level: 'info' }],
      false,
    );
    const messages: string[] = [];
    if (!(await server.serve(plan, (level, message) => messages.push(`[${level}] ${message}`)))) {
      await server.terminate();
      return { refused: messages.join('\n').replaceAll(`${directory}/`, '') };
    }
    return { stop: () => server.terminate() };
  };
}
