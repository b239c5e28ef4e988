// Plain old JavaScript on purpose: it has to load, and say what is wrong, under a Node that cannot load the rest.

import { existsSync, readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

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
 * mistaken for what was just edited. The build lists its sources: looking at their dates, and at those of their folders,
 * where new ones would show, costs much less than searching for them.
 *
 * @param {URL} bundle
 */
export function isCurrent(bundle) {
  const built = dateOf(bundle);
  if (built === 0) return false;
  const root = fileURLToPath(new URL('..', import.meta.url));
  if (!existsSync(`${root}src`)) return true;
  const list = `${root}dist/sources.json`;
  if (!existsSync(list)) return false;
  const sources = JSON.parse(readFileSync(list, 'utf8'));
  return sources.every((source) => {
    const date = dateOf(root + source);
    return date !== 0 && date <= built;
  });
}

/** When a file or folder changed last; 0 when there is none. */
function dateOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
