import { encodeBytes } from '../text/source-file.ts';

/** Replaces `${NAME}` by the values given for it, as envsubst(1) does; other names stay as they are. */
export function substitute(text: string, define: Readonly<Record<string, string>>): string {
  if (Object.keys(define).length === 0) return text;
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(define, name) ? encodeBytes(define[name]!) : whole,
  );
}
