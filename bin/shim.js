// Plain old JavaScript on purpose: it has to load, and say what is wrong, under a Node that cannot load the rest.

import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';

const needed = [22, 12];

/**
 * Runs a command's `main(argv)` and makes its result the exit code.
 *
 * @param {'cli' | 'nginx'} entry bundle in `dist/`, or its source in a checkout that was not built
 * @param {string} name what the command calls itself in messages
 */
export async function run(entry, name) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
    process.stderr.write(
      `${name}: Node.js ${process.versions.node} is too old; ${needed.join('.')} or newer is needed (https://nodejs.org)\n`,
    );
    process.exitCode = 2;
    return;
  }
  module.enableCompileCache?.();
  const bundle = new URL(`../dist/${entry}.js`, import.meta.url);
  const source = new URL(`../src/cli/${entry === 'cli' ? 'main' : entry}.ts`, import.meta.url);
  const { main } = await import(isCurrent(bundle) ? bundle.href : source.href);
  const code = await main(process.argv.slice(2));
  if (typeof code === 'number') process.exitCode = code;
}

/**
 * Whether `dist/` is there and no source is newer. A package has no sources; in a checkout an old build must never be
 * mistaken for what was just edited, and looking at a few hundred dates costs less than loading the sources.
 *
 * @param {URL} bundle
 */
function isCurrent(bundle) {
  if (!existsSync(bundle)) return false;
  const built = statSync(bundle).mtimeMs;
  return ['../src', '../grammar'].every((folder) => {
    const path = new URL(folder, import.meta.url).pathname;
    if (!existsSync(path)) return true;
    return readdirSync(path, { recursive: true }).every(
      (file) => !/\.(ts|json)$/.test(file) || statSync(`${path}/${file}`).mtimeMs <= built,
    );
  });
}
