import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, systemReason } from '../cli-error.ts';
import type { ConfigFile } from './schema.ts';
import { noSettings, type Settings } from './settings.ts';

const configName = 'hopwright.config.json';

/** The nearest `hopwright.config.json` in `folder` or above it; null when there is none. */
export function findConfig(folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, configName);
    if (existsSync(file)) return file;
    if (path.dirname(at) === at) return null;
  }
}

/**
 * Reads a configuration file and what it extends. Rule codes are checked by the caller, who knows the rules.
 * Throws a {@link CliError} that names file and key.
 */
export async function loadSettings(file: string, chain: readonly string[] = []): Promise<Settings> {
  if (chain.includes(file)) throw new CliError(`${file}: "extends" leads back to itself`);
  const config = await readConfig(file);
  const folder = path.dirname(file);
  let settings: Settings = noSettings;
  for (const base of [config.extends ?? []].flat())
    settings = mergeSettings(settings, await loadSettings(path.resolve(folder, base), [...chain, file]));
  return mergeSettings(settings, settingsOf(config, file, folder));
}

async function readConfig(file: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${systemReason(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  const { configSchema } = await import('./schema.ts');
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  throw new CliError(
    result.error.issues
      .map((issue) => `${file}: ${keyPath(issue.path)}${describe(issue)}`)
      .join('\nhopwright: '),
  );
}

function keyPath(keys: readonly PropertyKey[]): string {
  const text = keys
    .map((key, at) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (!/^[\w$]+$/.test(name)) return `[${JSON.stringify(name)}]`;
      return at === 0 ? name : `.${name}`;
    })
    .join('');
  return text === '' ? '' : `${text}: `;
}

function describe(issue: { code: string; message: string; keys?: readonly string[] }): string {
  if (issue.code === 'unrecognized_keys' && issue.keys !== undefined)
    return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  return issue.message.replace(/^Invalid /, 'invalid ').replace(/^Too /, 'too ');
}

function settingsOf(config: ConfigFile, file: string, folder: string): Settings {
  const absolute = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : path.resolve(folder, name);
  return {
    target: config.target,
    prefix: absolute(config.prefix),
    root: absolute(config.root),
    define: config.define ?? {},
    include: config.include,
    ignore: config.ignore ?? [],
    failOn: config.failOn,
    maxWarnings: config.maxWarnings,
    baseline: absolute(config.baseline),
    rules: Object.fromEntries(
      Object.entries(config.rules ?? {}).map(([code, setting]) => [
        code,
        typeof setting === 'string' ? { severity: setting } : setting,
      ]),
    ),
    overrides: (config.overrides ?? []).map((override) => ({ ...override, folder })),
    sources: [file],
    folder,
  };
}

/** `over` wins key by key; lists that add up (ignore, overrides) are joined. */
export function mergeSettings(under: Settings, over: Settings): Settings {
  const rules = { ...under.rules };
  for (const [code, setting] of Object.entries(over.rules))
    rules[code] = {
      severity: setting.severity ?? rules[code]?.severity,
      options: { ...rules[code]?.options, ...setting.options },
    };
  return {
    target: over.target ?? under.target,
    prefix: over.prefix ?? under.prefix,
    root: over.root ?? under.root,
    define: { ...under.define, ...over.define },
    include: over.include ?? under.include,
    ignore: [...under.ignore, ...over.ignore],
    failOn: over.failOn ?? under.failOn,
    maxWarnings: over.maxWarnings ?? under.maxWarnings,
    baseline: over.baseline ?? under.baseline,
    rules,
    overrides: [...under.overrides, ...over.overrides],
    sources: [...under.sources, ...over.sources],
    folder: over.folder ?? under.folder,
  };
}
