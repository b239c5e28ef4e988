import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lower } from '../3-plan/lower.ts';
import { planJsonSchema } from '../3-plan/read.ts';
import type { Plan } from '../3-plan/schema.ts';
import { CliError } from './cli-error.ts';
import type { CompileOptions } from './commands/compile.ts';
import { hintAtFragment, readEntry, resolveEntry, showDiagnostics } from './configuration.ts';
import { deliver } from './output.ts';
import { SourceFile } from '../text/source-file.ts';
import type { Terminal } from './terminal.ts';

/**
 * `hopwright compile`: the plan as JSON, or a program that serves it. Exit code 1 when nginx would refuse the
 * configuration or the lowering reports an error; nothing is written then.
 */
export async function runCompile(
  conf: string | undefined,
  options: CompileOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.schema === true) {
    await deliver(`${JSON.stringify(planJsonSchema(), null, 2)}\n`, options.output, terminal);
    return 0;
  }
  if (conf === undefined) throw new CliError("missing required argument 'conf'; see hopwright help compile");
  const { path: name, text } = readEntry(conf, options, terminal);
  // The plan names absolute files: it may be served from elsewhere.
  const entry = new SourceFile(path.resolve(terminal.cwd, name), text);
  const config = resolveEntry(entry, options, terminal);
  const errors = config.diagnostics.filter((one) => one.severity === 'error');
  if (errors.length > 0) {
    await showDiagnostics(config, config.diagnostics, options, terminal);
    await hintAtFragment(entry, terminal);
    return 1;
  }
  const prefix = options.prefix === undefined ? undefined : path.resolve(terminal.cwd, options.prefix);
  const { plan, diagnostics } = lower(config, { prefix });
  await showDiagnostics(config, [...config.diagnostics, ...diagnostics], options, terminal);
  if (diagnostics.some((one) => one.severity === 'error')) return 1;
  const written = options.standalone === true ? standalone(plan) : planText(plan);
  await deliver(written, options.output, terminal);
  return 0;
}

/** JSON for people too: indented, with lists of numbers on one line. */
function planText(plan: Plan): string {
  const text = JSON.stringify(plan, null, 1);
  return `${text.replace(/\[\n\s*(-?\d+(?:,\n\s*-?\d+)*)\n\s*\]/g, (_, list: string) => `[${list.replace(/\s+/g, '')}]`)}\n`;
}

/**
 * One program: the bundled runtime, then the plan, which it serves. The plan stands in a string literal,
 * so that nothing in it can be read as code.
 */
function standalone(plan: Plan): string {
  const runtime = ['../../dist/standalone-runtime.js', '../standalone-runtime.js', './standalone-runtime.js']
    .map((relative) => new URL(relative, import.meta.url))
    .find((url) => existsSync(url));
  if (runtime === undefined)
    throw new CliError('--standalone needs the built runtime; run "npm run build" in this checkout first');
  const literal = JSON.stringify(JSON.stringify(plan)).replace(
    /[\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16)}`,
  );
  return `#!/usr/bin/env node\n${readFileSync(runtime, 'utf8')}\nawait runStandalone(JSON.parse(${literal}));\n`;
}
