import type { Dirent } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  rename,
  rmdir,
  stat,
  unlink,
  utimes,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileChange, FileOperation } from '../../engine/file-operation.ts';
import type { StoredBody } from '../client/request-body.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { native } from '../file-system.ts';
import type { TempFiles } from './temp-file.ts';

type Failure = NonNullable<FileOperation['failure']>;
/** Complains about a part of a tree: the rest goes on (ngx_walk_tree with the handlers of ngx_http_dav_module.c). */
type Complain = (message: string) => void;

const pieceSize = 65_536;

/** Makes a change to the file system; gives what failed, null when all went well. */
export async function changeFiles(
  change: FileChange,
  body: StoredBody | null,
  files: TempFiles,
  complain: Complain,
): Promise<Failure | null> {
  switch (change.kind) {
    case 'put':
      return putFile(change, body, files);
    case 'remove':
      return removePath(change.path, change.tree, complain);
    case 'make-folder':
      return attempt('mkdir()', change.path, () => mkdir(native(change.path), change.mode));
    default:
      return copyOrMove(change, files, complain);
  }
}

async function attempt(call: string, path: string, act: () => Promise<unknown>): Promise<Failure | null> {
  try {
    await act();
    return null;
  } catch (error) {
    return { errno: errnoOf(error), call, path };
  }
}

/** The body goes to a file beside, which then takes the name: readers see the old file or the new one, whole. */
async function putFile(
  { path, mode, folders, modified }: Extract<FileChange, { kind: 'put' }>,
  body: StoredBody | null,
  files: TempFiles,
): Promise<Failure | null> {
  return attempt('open()', path, async () => {
    if (folders !== null) await makeFolders(path, folders);
    else await stat(native(dirname(path)));
    const file = files.createBeside(path);
    try {
      for (const part of body?.parts ?? []) file.append(part, 0, part.length);
      const stored = body?.temporary;
      if (stored) {
        const piece = Buffer.allocUnsafeSlow(pieceSize);
        for (let at = 0; at < stored.length;) {
          const size = stored.read(piece, at);
          file.append(piece, 0, size);
          at += size;
        }
      }
      file.close(false);
      await chmod(native(file.name), mode);
      if (modified !== -1) await utimes(native(file.name), modified, modified);
      await rename(native(file.name), native(path));
    } catch (error) {
      file.close(false);
      await unlink(native(file.name)).catch(() => undefined);
      throw error;
    }
  });
}

async function makeFolders(path: string, mode: number): Promise<void> {
  await mkdir(native(dirname(path)), { recursive: true, mode });
}

async function removePath(path: string, tree: boolean, complain: Complain): Promise<Failure | null> {
  if (!tree) return attempt('unlink()', path, () => unlink(native(path)));
  for (const entry of await entriesOf(path, complain)) {
    const name = `${path}/${entry.name.toString('latin1')}`;
    report(await removePath(name, entry.isDirectory(), complain), complain);
  }
  return attempt('rmdir()', path, () => rmdir(native(path)));
}

async function entriesOf(path: string, complain: Complain): Promise<Dirent<Buffer>[]> {
  let entries: Dirent<Buffer>[] = [];
  const list = async (): Promise<void> => {
    entries = await readdir(native(path), { withFileTypes: true, encoding: 'buffer' });
  };
  report(await attempt('opendir()', path, list), complain);
  return entries;
}

function report(failure: Failure | null, complain: Complain): void {
  if (failure === null) return;
  const { call, path, errno } = failure;
  complain(`${call} "${path}" failed ${errnoText(errno)}`);
}

async function copyOrMove(
  { kind, from, to, tree, replaced, folders }: Extract<FileChange, { kind: 'copy' | 'move' }>,
  files: TempFiles,
  complain: Complain,
): Promise<Failure | null> {
  if (replaced !== null) {
    const failure = await removePath(to, replaced === 'tree', complain);
    if (failure !== null) return failure;
  }
  const moved = kind === 'move' ? await move(from, to, tree ? null : folders) : 'EXDEV';
  if (moved === '') return null;
  if (kind === 'move' && moved !== 'EXDEV' && !tree) return { errno: moved, call: 'rename()', path: from };
  if (!tree) {
    const failure = await copyOne(from, to, files);
    return failure !== null || kind === 'copy' ? failure : removePath(from, false, complain);
  }
  const made = await attempt('mkdir()', to, async () =>
    mkdir(native(to), (await stat(native(from))).mode & 0o777),
  );
  if (made !== null) return made;
  await copyTree(from, to, files, complain);
  return kind === 'copy' ? null : removePath(from, true, complain);
}

/** An errno name, '' when it worked. @param folders mode of missing folders that are made; null: none are */
async function move(from: string, to: string, folders: number | null): Promise<string> {
  try {
    await rename(native(from), native(to));
    return '';
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' || folders === null) return errno;
  }
  return (
    (await attempt('mkdir()', to, () => makeFolders(to, folders | ((folders & 0o444) >> 2))))?.errno ??
    move(from, to, null)
  );
}

/** Rights and times go with a file (ngx_copy_file). */
async function copyOne(from: string, to: string, files: TempFiles): Promise<Failure | null> {
  return attempt('open()', to, async () => {
    const { mode, mtime } = await stat(native(from));
    await stat(native(dirname(to)));
    const copy = files.createBeside(to);
    copy.close(false);
    try {
      await copyFile(native(from), native(copy.name));
      await chmod(native(copy.name), mode & 0o777);
      await utimes(native(copy.name), mtime, mtime);
      await rename(native(copy.name), native(to));
    } catch (error) {
      await unlink(native(copy.name)).catch(() => undefined);
      throw error;
    }
  });
}

/** Copies what is in a folder; what is neither file nor folder is left out. */
async function copyTree(from: string, to: string, files: TempFiles, complain: Complain): Promise<void> {
  for (const entry of await entriesOf(from, complain)) {
    const name = entry.name.toString('latin1');
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (entry.isFile()) report(await copyOne(source, target, files), complain);
    if (!entry.isDirectory()) continue;
    const folder = await lstat(native(source)).catch(errnoOf);
    if (typeof folder === 'string') {
      report({ errno: folder, call: 'lstat()', path: source }, complain);
      continue;
    }
    const { mode, mtime } = folder;
    report(await attempt('mkdir()', target, () => mkdir(native(target), mode & 0o777)), complain);
    await copyTree(source, target, files, complain);
    report(await attempt('utimes()', target, () => utimes(native(target), mtime, mtime)), complain);
  }
}
