import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where a `*_temp_path` is. What the configuration says is absolute in the plan; the default is a bare name, which nginx
 * completes with what it was built with. We were built with nothing, and use a folder of this user below the system's.
 */
export function tempFolder(path: string): string {
  if (path.startsWith('/')) return path.replace(/(?<=.)\/+$/, '');
  return join(ownFolder(), path);
}

/** Where the folders are that no configuration names. */
export function ownFolder(): string {
  return join(tmpdir(), `hopwright-${process.getuid?.() ?? 0}`);
}
