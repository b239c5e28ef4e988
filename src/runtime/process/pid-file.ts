import { unlinkSync, writeFileSync } from 'node:fs';
import { errnoOf, errnoText } from '../../system/errno.ts';

/** Writes the number of this process and a line feed; returns nginx's message when that fails, else null. */
export function writePidFile(path: string): string | null {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
    return null;
  } catch (error) {
    return `open() "${path}" failed ${errnoText(errnoOf(error))}`;
  }
}

/** Returns nginx's message when the file cannot be removed, else null. */
export function removePidFile(path: string): string | null {
  try {
    unlinkSync(path);
    return null;
  } catch (error) {
    return `unlink() "${path}" failed ${errnoText(errnoOf(error))}`;
  }
}
