import type { AcceptedConfiguration } from './configuration.ts';

/** What `-T` prints: every file once, in the order of reading, as it is on disk (latin1 bytes). */
export function dumpText({ config, mainFile }: AcceptedConfiguration): string {
  return config.files
    .map((file) => (file.path === mainFile.path ? mainFile : file))
    .map(({ path, text }) => `# configuration file ${path}:\n${text}\n`)
    .join('');
}
