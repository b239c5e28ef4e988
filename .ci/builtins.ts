import type { Plugin } from 'rolldown';

/**
 * Takes Node's own modules by `process.getBuiltinModule` instead of by `import` in what is published. An `import` makes Node
 * read every export of such a module, lazy ones too: `node:fs` alone brings streams and readline, a fifth of the start-up
 * time of a short run. `child_process`, which commander names for a feature that is not used, is left until it is called.
 */
export const builtins: Plugin = {
  name: 'builtins',
  renderChunk(code) {
    return code.replace(
      /^import (.+?) from "(?:node:)?(fs|path|os|tty|util|url|net|events|process|child_process|crypto|module)";$/gm,
      (_, what: string, name: string) => {
        const [, whole, all, some] = /^(?:(\w+)(?:, )?)?(?:\* as (\w+))?(\{.*\})?$/.exec(what)!;
        const from = `process.getBuiltinModule("node:${name}")`;
        const lines: string[] = [];
        for (const variable of [whole, all]) {
          if (variable === undefined || (name === 'process' && variable === 'process')) continue;
          if (name === 'child_process')
            lines.push(`const ${variable} = { spawn: (...words) => ${from}.spawn(...words) };`);
          else lines.push(`const ${variable} = ${name === 'process' ? 'process' : from};`);
        }
        if (some !== undefined) lines.push(`const ${some.replace(/ as /g, ': ')} = ${from};`);
        return lines.join('\n');
      },
    );
  },
};
