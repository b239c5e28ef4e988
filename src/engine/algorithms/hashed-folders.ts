/** `5/34/` for the name `…12345` and the levels 1 and 2: digits are taken from the end (ngx_create_hashed_filename). */
export function hashedFolders(name: string, levels: readonly number[]): string {
  let end = name.length;
  let folders = '';
  for (const digits of levels) {
    folders += `${name.slice(end - digits, end)}/`;
    end -= digits;
  }
  return folders;
}
