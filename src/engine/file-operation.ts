/** A change to the file system that a request asks for (dav); paths are byte strings, modes are those of chmod. */
export type FileChange =
  /** Writes the request's body to a file; `folders` makes missing ones with this mode, `modified` is in seconds. */
  | {
      readonly kind: 'put';
      readonly path: string;
      readonly mode: number;
      readonly folders: number | null;
      readonly modified: number;
    }
  | { readonly kind: 'remove'; readonly path: string; readonly tree: boolean }
  | { readonly kind: 'make-folder'; readonly path: string; readonly mode: number }
  /** `replaced`: what stands at `to` is removed before. */
  | {
      readonly kind: 'copy' | 'move';
      readonly from: string;
      readonly to: string;
      readonly tree: boolean;
      readonly replaced: 'file' | 'tree' | null;
      readonly folders: number;
    };

/** A change and what became of it. */
export interface FileOperation {
  readonly change: FileChange;
  /** [runtime] An errno name with the call and the path that failed; null when all went well. */
  failure: { readonly errno: string; readonly call: string; readonly path: string } | null;
}

/** The mode of folders for files with the mode `access`: who may read a file may enter its folders (ngx_dir_access). */
export function folderMode(access: number): number {
  return access | ((access & 0o444) >> 2);
}
