import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { main } from '../../src/cli/main.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder with files, and the commands run in it. */
export class Project {
  readonly folder: string;

  constructor(files: Readonly<Record<string, string>>) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'hopwright-cli-'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, 'latin1');
  }

  /** Where a file of the folder is. */
  path(name: string): string {
    return path.join(this.folder, name);
  }

  async run(
    argv: readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Run> {
    let out = '';
    let err = '';
    const code = await main(argv, {
      cwd: this.folder,
      env: options.env ?? {},
      out: async (text) =>
        void (out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1')),
      err: async (text) => void (err += text),
      stdin: () => options.stdin ?? '',
      columns: null,
      hurry: () => {},
    });
    return { code, out, err };
  }

  /** `lint --format json` with its answer parsed. */
  async lint(
    argv: readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Run & { json: any }> {
    const run = await this.run(['lint', '--format', 'json', ...argv], options);
    return { ...run, json: run.out === '' ? null : JSON.parse(run.out) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
