import type { Plugin } from 'rolldown';

/** Writes characters beyond ASCII as escapes: V8 takes two bytes for every character of a file that has one of them. */
export const ascii: Plugin = {
  name: 'ascii',
  // Last of all: what prints a chunk would write them out again.
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[^\x00-\x7f]/g, escapeUnit);
  },
};

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
