import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { SpecTable } from '../../src/nginx/specs.ts';
import type { ConfigFiles, Judgement } from './judgement.ts';
import { parseAnswer, recordedVersion, runToEnd } from './real-nginx.ts';

/** A configuration with what the machine has to have for it. */
export interface MachineConfig extends ConfigFiles {
  /** Dynamic modules to load beside those that the configuration names, e.g. `ngx_stream_module.so`. */
  readonly modules?: readonly string[];
  readonly directories?: readonly string[];
}

const debianBinary = '/usr/sbin/nginx';
const debianModules = '/usr/lib/nginx/modules';

/** What a complaint asks of the machine, so that the text gets judged: a directory, a certificate, a host, a user. */
const wants = [
  { pattern: /^(?:open|mkdir)\(\) "(\/[^"]+)" failed \(2: /, kind: 'directory' },
  { pattern: /^cannot load certificate(?: key)? "(\/[^"]+)": BIO_new_file/, kind: 'pem' },
  { pattern: /^SSL_CTX_load_verify_locations\("(\/[^"]+)"\)/, kind: 'pem' },
  { pattern: /^BIO_new_file\("(\/[^"]+)"\)/, kind: 'dhparam' },
  { pattern: /^host not found in [a-z ]+"([A-Za-z0-9_.-]+?)(?::\d+)?(?:\/[^"]*)?"/, kind: 'host' },
  { pattern: /^getpwnam\("([a-z][\w-]*)"\) failed/, kind: 'user' },
  { pattern: /^getgrnam\("([a-z][\w-]*)"\) failed/, kind: 'group' },
  { pattern: /^unknown directive "(\w+)"/, kind: 'module' },
] as const;

const specs = new SpecTable(recordedVersion);

/** The shared objects that bring a directive, in the order to load them. */
function modulesOf(name: string): string[] {
  const module = (specs.find(name)[0] ?? specs.findThirdParty(name)[0])?.module ?? '';
  const own = `${module}.so`;
  if (module === 'ngx_http_lua_module') return ['ndk_http_module.so', own];
  if (existsSync(join(debianModules, own))) return [own];
  const subsystem = /^ngx_(?:stream|mail)_/.exec(module)?.[0];
  return subsystem === undefined ? [] : [`${subsystem}module.so`];
}

/**
 * Runs `nginx -t` with a directory of its own as its root (chroot(2), so only as root on Linux): configurations stand
 * at their own absolute paths and nothing in them has to be rewritten. What nginx misses on the machine it is given,
 * up to a limit, and asked again.
 */
export class RootedNginx {
  readonly #root = mkdtempSync(join(tmpdir(), 'hopwright-root-'));
  readonly #binary: string;
  readonly #isDebian: boolean;
  readonly #pem: string;
  #written: string[] = [];

  /** `binary` is Debian's, whose modules are loaded where needed, or another that has everything built in. */
  constructor(binary = debianBinary) {
    this.#isDebian = binary === debianBinary;
    this.#binary = `/usr/sbin/${basename(binary)}`;
    this.#bring(binary, this.#binary);
    for (const name of [
      'var/log/nginx',
      'var/lib/nginx',
      'var/lock',
      'run',
      'tmp',
      'dev',
      't/logs',
      'etc/nginx',
    ])
      mkdirSync(join(this.#root, name), { recursive: true });
    if (this.#isDebian && existsSync(debianModules))
      for (const name of readdirSync(debianModules))
        for (const to of [debianModules, '/usr/share/nginx/modules', '/t/modules', '/etc/nginx/modules'])
          this.#bring(join(debianModules, name), join(to, name));
    this.#bringPerl();
    writeFileSync(join(this.#root, 'dev/null'), '');
    writeFileSync(join(this.#root, 'etc/nsswitch.conf'), 'hosts: files\npasswd: files\ngroup: files\n');
    const pem = join(this.#root, 't/pair.pem');
    execFileSync(
      'openssl',
      // prettier-ignore
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=example.com', '-keyout', pem, '-out', `${pem}.crt`],
      { stdio: 'ignore' },
    );
    this.#pem = readFileSync(pem, 'latin1') + readFileSync(`${pem}.crt`, 'latin1');
  }

  /** Copies a program or a shared object with the libraries it needs. */
  #bring(from: string, to: string): void {
    const copy = (source: string, target: string): void => {
      const path = this.#root + target;
      if (existsSync(path)) return;
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(source, path);
    };
    copy(from, to);
    const needed = execFileSync('ldd', [from], { encoding: 'utf8' });
    for (const [, library] of needed.matchAll(/(\/\S+) \(0x/g)) copy(library!, library!);
  }

  /** Perl reads its own library when it starts. */
  #bringPerl(): void {
    const asked = spawnSync('perl', ['-e', 'print join "\\n", @INC'], { encoding: 'utf8' });
    for (const path of (asked.stdout ?? '').split('\n'))
      if (path !== '' && existsSync(path))
        cpSync(path, this.#root + path, { recursive: true, dereference: true, force: true });
  }

  #write(path: string, text: string): void {
    const real = this.#root + path;
    try {
      mkdirSync(dirname(real), { recursive: true });
      writeFileSync(real, text, 'latin1');
      this.#written.push(real);
    } catch {
      // a file where a directory is asked for, or the reverse: nginx will say so
    }
  }

  /** What nginx says of `config`. */
  async judge(config: MachineConfig): Promise<Judgement> {
    for (const path of this.#written) rmSync(path, { force: true });
    this.#written = [];
    for (const [path, text] of Object.entries(config.files)) this.#write(path, text);
    for (const path of config.directories ?? []) this.#makeDirectory(path);
    const machine = { hosts: ['localhost'], users: ['nobody', 'root'], groups: ['nogroup', 'root'] };
    const modules = this.#isDebian ? [...(config.modules ?? [])] : [];
    for (let attempt = 0; ; attempt++) {
      this.#writeMachine(machine);
      const answer = await this.#run(config.entry, modules);
      const want = attempt < 12 ? wants.find(({ pattern }) => pattern.test(answer.message ?? '')) : undefined;
      if (want === undefined) return answer;
      const what = want.pattern.exec(answer.message!)![1]!;
      if (want.kind === 'directory') {
        if (existsSync(dirname(this.#root + what))) return answer;
        this.#makeDirectory(dirname(what));
      } else if (want.kind === 'pem') this.#write(what, this.#pem);
      else if (want.kind === 'dhparam') this.#write(what, dhparam);
      else if (want.kind === 'host') machine.hosts.push(what);
      else if (want.kind === 'user') machine.users.push(what);
      else if (want.kind === 'group') machine.groups.push(what);
      else {
        const needed = this.#isDebian ? modulesOf(what).filter((module) => !modules.includes(module)) : [];
        if (needed.length === 0) return answer;
        modules.push(...needed);
      }
    }
  }

  #makeDirectory(path: string): void {
    try {
      mkdirSync(this.#root + path, { recursive: true });
    } catch {
      // nginx will say so
    }
  }

  #writeMachine({ hosts, users, groups }: Record<'hosts' | 'users' | 'groups', readonly string[]>): void {
    const lines = (name: string, items: readonly string[]): void =>
      writeFileSync(join(this.#root, 'etc', name), items.map((item) => `${item}\n`).join(''));
    lines(
      'hosts',
      hosts.map((host) => `127.0.0.1 ${host}`),
    );
    lines(
      'passwd',
      users.map((user, at) => `${user}:x:${1000 + at}:1000::/:/bin/sh`),
    );
    lines(
      'group',
      [...groups, ...users].map((group, at) => `${group}:x:${1000 + at}:`),
    );
  }

  async #run(entry: string, modules: readonly string[]): Promise<Judgement> {
    const args = [this.#root, this.#binary, '-t', '-p', '/t/', '-c', entry, '-e', '/t/error.log'];
    if (modules.length > 0)
      args.push('-g', modules.map((name) => `load_module ${debianModules}/${name};`).join(' '));
    const { code, stderr } = await runToEnd('chroot', args);
    return parseAnswer(stderr, code);
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

const dhparam = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`;

/** Judges many configurations, `parallel` processes at a time, each with a root of its own; answers come in order. */
export async function judgeAllRooted(
  configs: readonly MachineConfig[],
  roots: readonly RootedNginx[],
): Promise<Judgement[]> {
  const answers: Judgement[] = [];
  let next = 0;
  const worker = async (nginx: RootedNginx) => {
    while (next < configs.length) {
      const index = next++;
      answers[index] = await nginx.judge(configs[index]!);
    }
  };
  await Promise.all(roots.map(worker));
  return answers;
}
