import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { accepted } from './judgement.ts';
import type { ConfigFiles, Judgement } from './judgement.ts';

/** Version of nginx that the recorded answers come from. */
export const recordedVersion = '1.22.1';

/** The version of the installed nginx; null when there is none. */
export function installedVersion(): string | null {
  const run = spawnSync('nginx', ['-v'], { encoding: 'latin1' });
  return /nginx\/(\S+)/.exec(run.stderr ?? '')?.[1] ?? null;
}

/**
 * A configuration whose files are below the prefix and not where the package has them, which not everybody may write.
 * What it says itself stays.
 */
export function belowPrefix(config: string): string {
  const lines = [
    'access_log off;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name}_temp;`),
  ];
  const missing = lines.filter((line) => !config.includes(line.split(' ')[0]!));
  return config.replace(/\bhttp \{/, `http { ${missing.join(' ')}`);
}

/**
 * Absolute paths at the start of a word: they are moved below the root of the run, so that configurations may
 * name the usual places. A lone `/var/…` as the name of a location is not to be used in test data.
 */
const absolutePath = /(?<=(?:^|[\s"'=:]))\/(?=(?:etc|var|srv|run|opt|usr|data|tmp|home)\/)/gm;
const pathInText = /(?<=(?:^|[\s"'=:]))\/(?:etc|var|srv|run|opt|usr|data|tmp|home)\/[^\s;"'{}$]*/gm;
/** Directives whose file must hold a certificate or a key. */
const certificateFile =
  /\b(?:ssl|grpc_ssl|proxy_ssl|uwsgi_ssl)_(?:certificate|certificate_key|client_certificate|trusted_certificate|crl)\s+["']?(\/[^\s;"']+|[^\s;"'/$]+\/[^\s;"'$]+\.(?:pem|crt|key))/g;

/** Runs `nginx -t` in a root directory of its own. Call {@link RealNginx.close} when done. */
export class RealNginx {
  readonly #root: string;
  readonly #certificate: string;
  #written: string[] = [];
  readonly #directories = new Set<string>();

  constructor() {
    this.#root = mkdtempSync(join(tmpdir(), 'hopwright-nginx-'));
    for (const directory of [
      '/etc/nginx',
      '/usr/share/nginx/logs',
      '/var/log/nginx',
      '/var/lib/nginx',
      '/usr/lib/nginx',
      '/run',
    ])
      mkdirSync(this.#root + directory, { recursive: true });
    if (existsSync('/usr/lib/nginx/modules'))
      for (const link of ['usr/share/nginx/modules', 'usr/lib/nginx/modules'])
        symlinkSync('/usr/lib/nginx/modules', join(this.#root, link));
    const pem = join(this.#root, 'pair.pem');
    execFileSync(
      'openssl',
      // prettier-ignore
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', '/CN=example.com', '-keyout', pem, '-out', `${pem}.crt`],
      { stdio: 'ignore' },
    );
    this.#certificate = readFileSync(pem, 'latin1') + readFileSync(`${pem}.crt`, 'latin1');
  }

  #write(path: string, text: string): void {
    this.#ensureDirectory(dirname(path));
    writeFileSync(path, text, 'latin1');
    this.#written.push(path);
  }

  #ensureDirectory(path: string): void {
    if (this.#directories.has(path)) return;
    mkdirSync(path, { recursive: true });
    this.#directories.add(path);
  }

  #lay(config: ConfigFiles): void {
    for (const path of this.#written) rmSync(path, { force: true });
    this.#written = [];
    for (const [path, text] of Object.entries(config.files)) {
      for (const [word] of text.matchAll(pathInText)) {
        const directory = dirname(word);
        if (!/[*?[]/.test(directory) && !(directory in config.files))
          this.#ensureDirectory(this.#root + directory);
      }
      for (const [, name] of text.matchAll(certificateFile)) {
        const at = this.#root + (name!.startsWith('/') ? name! : `${dirname(config.entry)}/${name!}`);
        if (!(at in config.files)) this.#write(at, this.#certificate);
      }
      this.#write(this.#root + path, text.replace(absolutePath, `${this.#root}/`));
    }
  }

  /** What nginx says of `config`, with paths as the configuration names them. */
  async judge(config: ConfigFiles): Promise<Judgement> {
    this.#lay(config);
    const { code, stderr } = await runToEnd('nginx', [
      '-t',
      '-p',
      `${this.#root}/usr/share/nginx/`,
      '-c',
      this.#root + config.entry,
      // with standard error as the log, nginx would print its complaints in the log's format
      '-e',
      `${this.#root}/error.log`,
    ]);
    return parseAnswer(stderr.replaceAll(this.#root, ''), code);
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/**
 * Runs `command` to its end, a minute at most, and gives what it said on standard error as a latin1 string. Names are
 * asked for once, for a second: those of test data are nowhere, and some machines have a name server that is silent.
 */
export function runToEnd(
  command: string,
  args: readonly string[],
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, RES_OPTIONS: 'timeout:1 attempts:1' };
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stderr: Buffer.concat(chunks).toString('latin1') });
    });
  });
}

/** Reads what `nginx -t` printed: its first complaint above a warning decides. */
export function parseAnswer(stderr: string, code: number | null): Judgement {
  if (code === 0) return accepted;
  const entry = /(?:^|\n)nginx: \[(emerg|alert|crit|error)\] ([^]*?)(?=\nnginx: |\n?$)/.exec(stderr);
  if (entry === null)
    return {
      ok: false,
      // Some handlers fail without a word.
      level: code === 1 ? 'emerg' : null,
      message: code === 1 ? '' : `exit ${code}: ${stderr}`,
      file: null,
      line: null,
    };
  const [, level, whole] = entry;
  const placed = /^([^]*) in (\/[^\n]*):(\d+)$/.exec(whole!);
  return {
    ok: false,
    level: level!,
    message: placed ? placed[1]! : whole!,
    file: placed ? placed[2]! : null,
    line: placed ? Number(placed[3]) : null,
  };
}

/** Judges many configurations, `parallel` nginx processes at a time; answers come in the order of `configs`. */
export async function judgeAll(configs: readonly ConfigFiles[], parallel = 2): Promise<Judgement[]> {
  const answers: Judgement[] = [];
  let next = 0;
  const worker = async () => {
    const nginx = new RealNginx();
    try {
      while (next < configs.length) {
        const index = next++;
        answers[index] = await nginx.judge(configs[index]!);
      }
    } finally {
      nginx.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, configs.length) }, worker));
  return answers;
}
