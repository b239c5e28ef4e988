import type { Connection, LogLevel, World } from '../../../src/engine/api.ts';
import type { AllSettings, CompiledLocation, CompiledServer } from '../../../src/engine/compiled.ts';
import { EngineContext } from '../../../src/engine/context.ts';
import { ZoneStore } from '../../../src/engine/zones/zone-store.ts';
import type { PhaseHandler } from '../../../src/engine/phases/phase.ts';
import { Request } from '../../../src/engine/request.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import type { ModuleName } from '../../../src/3-plan/schema.ts';
import { tables } from '../../../src/3-plan/schema/tables.ts';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { defineCoreVariables } from '../../../src/engine/variables/core.ts';
import { defineHeaderVariables } from '../../../src/engine/variables/headers.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { fakeWorld } from '../truth/world.ts';

/** A configuration made ready as far as the handlers of single modules need it. */
export interface TestEngine {
  readonly cx: EngineContext;
  /** Log lines as `level: message`. */
  readonly log: string[];
  readonly clock: { now: number };
  readonly files: Map<string, string>;
  /** The settings at the location with this name. */
  settings(location: string): AllSettings;
  /** The handler of a module at a location. */
  handler(
    make: (cx: EngineContext, settings: AllSettings) => PhaseHandler | null,
    location: string,
  ): PhaseHandler | null;
  request(location: string, headers?: Readonly<Record<string, string>>): Request;
}

/** Lowers `http { … }` with `body` inside. */
export function engineOf(body: string): TestEngine {
  const file = new SourceFile('/etc/nginx/nginx.conf', `events {} http { ${body} }`);
  const config = resolve(file, { target: '1.31.5' });
  if (!config.verdict.ok) throw new Error(config.verdict.message);
  const { plan } = lower(config);
  const log: string[] = [];
  const clock = { now: 1_800_000_000_000 };
  const files = new Map<string, string>();
  const cx = new EngineContext(plan, plan.http!, testWorld(log, clock, files), new ZoneStore());
  defineCoreVariables(cx.variables, cx);
  defineHeaderVariables(cx.variables, cx);
  const settings = (name: string): AllSettings => {
    const location = plan.http!.locations.find((each) => each.name === name)!;
    const all = Object.keys(tables).map((module) => [
      module,
      cx.settings(module as ModuleName, location.settings[module as ModuleName]),
    ]);
    return Object.fromEntries(all) as AllSettings;
  };
  return {
    cx,
    log,
    clock,
    files,
    settings,
    handler: (make, location) => make(cx, settings(location)),
    request(location, headers = {}) {
      const request = new Request(testConnection(), null);
      request.location = settings(location) as unknown as CompiledLocation;
      request.server = { plan: plan.http!.servers[0]!, name: '', index: 0 } as CompiledServer;
      for (const [name, value] of Object.entries(headers))
        request.headers.push(name, name.toLowerCase(), value);
      return request;
    },
  };
}

function testConnection(): Connection {
  return {
    listen: 0,
    serial: 1,
    remoteAddress: '127.0.0.1',
    remotePort: 1234,
    serverAddress: '127.0.0.1',
    serverPort: 80,
    requests: 1,
    tls: null,
    proxyProtocol: null,
    startedAt: 0,
    pipelined: false,
  };
}

function testWorld(log: string[], clock: { now: number }, files: Map<string, string>): World {
  const world = fakeWorld({});
  return {
    ...world,
    now: () => clock.now,
    monotonic: () => clock.now,
    random: () => 0,
    files: {
      ...world.files,
      read: (path) => (files.has(path) ? { bytes: files.get(path)! } : { error: 'ENOENT' }),
    },
    log: (level: LogLevel, message) => void log.push(`${level}: ${message}`),
  };
}
