import packageJson from '../../package.json' with { type: 'json' };

/** The version of this package. */
export function toolVersion(): string {
  return packageJson.version;
}

/** Name and version as reports give them. */
export function tool(): { name: string; version: string } {
  return { name: 'hopwright', version: toolVersion() };
}
