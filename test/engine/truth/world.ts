import type { FileStat, FileSystem, World } from '../../../src/engine/api.ts';

/** A world with the given files (absolute path to bytes), all of 2020-01-01, and a frozen clock. */
export function fakeWorld(files: Readonly<Record<string, string>>): World & { lines: string[] } {
  const directories = new Set<string>(['/']);
  for (const path of Object.keys(files)) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      directories.add(path.slice(0, end));
  }
  const stat = (path: string): FileStat | string => {
    const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    const clean = plain.replace(/\/+/g, '/');
    if (directories.has(clean))
      return { kind: 'directory', size: 4096, mtime: 1_577_836_800, executable: true };
    const bytes = files[clean];
    if (bytes === undefined) {
      const parent = clean.slice(0, clean.lastIndexOf('/'));
      return files[parent] === undefined ? 'ENOENT' : 'ENOTDIR';
    }
    if (plain !== path) return 'ENOTDIR';
    return { kind: 'file', size: bytes.length, mtime: 1_577_836_800, executable: false };
  };
  const system: FileSystem = {
    stat,
    lstat: stat,
    read: (path) => {
      const bytes = files[path];
      return bytes === undefined ? { error: 'ENOENT' } : { bytes };
    },
    readPart: (path, at, length) => {
      const bytes = files[path];
      return bytes === undefined ? { error: 'ENOENT' } : Buffer.from(bytes.slice(at, at + length), 'latin1');
    },
    list: (path) => {
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const names = new Set<string>();
      for (const each of Object.keys(files))
        if (each.startsWith(prefix)) names.add(each.slice(prefix.length).split('/')[0]!);
      return [...names];
    },
    realpath: (path) => {
      const found = stat(path);
      return typeof found === 'string' ? { error: found } : { path: path.replace(/\/+$/, '') || '/' };
    },
    access: () => '',
    link: () => null,
  };
  const lines: string[] = [];
  let clock = 1_700_000_000_000;
  return {
    lines,
    now: () => (clock += 1),
    monotonic: () => clock,
    httpDate: () => '<date>',
    random: () => 0.5,
    connections: () => ({
      accepted: 1,
      handled: 1,
      requests: 1,
      active: 1,
      reading: 0,
      writing: 1,
      waiting: 0,
    }),
    pid: 1,
    hostname: 'localhost',
    environment: {},
    files: system,
    log: (level, message) => lines.push(`[${level}] ${message}`),
  };
}
