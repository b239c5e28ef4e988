import { diskReader, type FileReader } from '../2-resolve/file-reader.ts';
import { encodeBytes } from '../text/source-file.ts';

/** Replaces `${NAME}` by the values given for it, as envsubst(1) does; other names stay as they are. */
export function substitute(text: string, define: Readonly<Record<string, string>>): string {
  if (Object.keys(define).length === 0) return text;
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(define, name) ? encodeBytes(define[name]!) : whole,
  );
}

/** Reads the disk through `--define`; `replaced` gives the text of files that are not taken from the disk. */
export function templateReader(
  define: Readonly<Record<string, string>>,
  replaced: (file: string) => string | undefined = () => undefined,
): FileReader {
  return {
    list: (directory) => diskReader.list(directory),
    read(file) {
      const text = replaced(file);
      const result = text === undefined ? diskReader.read(file) : { text };
      return 'text' in result ? { text: substitute(result.text, define) } : result;
    },
  };
}
