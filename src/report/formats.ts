import type { Renderer } from './report.ts';

/** Every output format by name; each is loaded when it is asked for. This is the only place that lists them. */
export const formats: Readonly<Record<string, () => Promise<Renderer>>> = {
  pretty: async () => (await import('./pretty.ts')).renderPretty,
  compact: async () => (await import('./compact.ts')).renderCompact,
  json: async () => (await import('./json.ts')).renderJson,
  sarif: async () => (await import('./sarif.ts')).renderSarif,
  github: async () => (await import('./github.ts')).renderGithub,
  gitlab: async () => (await import('./gitlab.ts')).renderGitlab,
  junit: async () => (await import('./junit.ts')).renderJunit,
  checkstyle: async () => (await import('./checkstyle.ts')).renderCheckstyle,
};

export const formatNames: readonly string[] = Object.keys(formats);
