import type { Plugin } from 'rolldown';

/** Functions of heavy modules that a short run never calls: their modules are loaded at the first call. */
const lateFunctions: Readonly<Record<string, readonly string[]>> = {
  child_process: ['spawn', 'spawnSync'],
  crypto: ['createHash', 'createPrivateKey', 'hash', 'randomBytes', 'randomInt'],
  net: ['isIP', 'isIPv4', 'isIPv6'],
  zlib: ['crc32'],
};

const modules = 'fs|path|os|tty|util|url|net|events|process|child_process|crypto|module|zlib';
const statement = new RegExp(`^import (.+?) from "(?:node:)?(${modules})";$`, 'gm');

/**
 * Takes Node's own modules by `process.getBuiltinModule` instead of by `import` in what is published. An `import` makes Node
 * read every export of such a module, lazy ones too: `node:fs` alone brings streams and readline, a fifth of the start-up
 * time of a short run.
 */
export const builtins: Plugin = {
  name: 'builtins',
  renderChunk: (code) =>
    code.replace(statement, (_, what: string, name: string) => {
      const [, whole, all, some] = /^(?:([\w$]+)(?:, )?)?(?:\* as ([\w$]+))?(?:\{ (.*) \})?$/.exec(what)!;
      const module = `process.getBuiltinModule("node:${name}")`;
      const late = (member: string): boolean => lateFunctions[name]?.includes(member) ?? false;
      const lines: string[] = [];
      for (const variable of [whole, all]) {
        if (variable === undefined || (name === 'process' && variable === 'process')) continue;
        // Commander names child_process for a feature that is not used.
        if (name === 'child_process') lines.push(`const ${variable} = { ${lateMembers(name, module)} };`);
        else lines.push(`const ${variable} = ${module};`);
      }
      for (const member of some?.split(', ') ?? []) {
        const [imported, local = imported] = member.split(' as ') as [string, string?];
        lines.push(
          `const ${local} = ${late(imported) ? lateCall(module, imported) : `${module}.${imported}`};`,
        );
      }
      return lines.join('\n');
    }),
};

function lateCall(module: string, member: string): string {
  return `(...words) => ${module}.${member}(...words)`;
}

function lateMembers(name: string, module: string): string {
  return lateFunctions[name]!.map((member) => `${member}: ${lateCall(module, member)}`).join(', ');
}
