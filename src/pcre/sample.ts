import type { CompiledPcre } from './compile.ts';
import type { ByteSet } from './byte-set.ts';
import { has } from './byte-set.ts';
import type { Alternatives, Node } from './tree.ts';

/** Bytes that read well in a sample, best first. */
const preferred = [...'abcdefghijklmnopqrstuvwxyz0123456789-_./ABCDEFGHIJKLMNOPQRSTUVWXYZ~!:=+,@%&;*()'].map(
  (letter) => letter.charCodeAt(0),
);

/**
 * A subject that the pattern matches, made from its shape: first alternatives, fewest repetitions. Looks and back
 * references are not solved, so candidates are tried, with `prefix` before and `suffix` behind; null when none matches.
 */
export function samplePcre(
  compiled: CompiledPcre,
  prefixes: readonly string[],
  suffixes: readonly string[],
): string | null {
  for (const repeats of [0, 1, 2]) {
    const made = sampleAlternatives(compiled.pattern.alternatives, repeats);
    for (const candidate of made) {
      for (const prefix of prefixes) {
        for (const suffix of suffixes) {
          const subject = prefix + candidate + suffix;
          if (compiled.exec(subject) !== null) return subject;
        }
      }
    }
  }
  return null;
}

/** One candidate per alternative. */
function sampleAlternatives(alternatives: Alternatives, repeats: number): string[] {
  return alternatives.map((items) => items.map((item) => sampleNode(item, repeats)).join(''));
}

function sampleNode(node: Node, repeats: number): string {
  switch (node.type) {
    case 'byte':
      return String.fromCharCode(node.code);
    case 'set':
      return sampleSet(node.bytes);
    case 'group':
      return sampleAlternatives(node.alternatives, repeats)[0] ?? '';
    case 'repeat': {
      const count = Math.min(Math.max(node.min, Math.min(repeats, node.max)), 64);
      return sampleNode(node.body, repeats).repeat(count);
    }
    default:
      return '';
  }
}

function sampleSet(bytes: ByteSet): string {
  const code = preferred.find((each) => has(bytes, each));
  return code === undefined ? '' : String.fromCharCode(code);
}
