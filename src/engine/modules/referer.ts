import type { ModuleSettings, Server } from '../../3-plan/schema.ts';
import { NameTable } from '../algorithms/name-table.ts';
import type { ValidReferers } from '../algorithms/referer.ts';
import { isValidReferer } from '../algorithms/referer.ts';
import type { EngineContext } from '../context.ts';
import { headerLines } from './header-lines.ts';

type Settings = ModuleSettings<'referer'>['valid_referers'];

/** `$invalid_referer`: empty or `1` (ngx_http_referer_module.c). */
export function defineReferer(cx: EngineContext): void {
  cx.variables.define('invalid_referer', {
    cached: true,
    get: (request) => {
      const settings = request.location.referer.valid_referers;
      if (settings === null) return '';
      const valid = cx.once(settings, () => compileReferers(cx, settings, request.server.plan));
      return isValidReferer(headerLines(request.main.headers, 'referer')[0] ?? null, valid) ? '' : '1';
    },
  });
}

function compileReferers(cx: EngineContext, settings: NonNullable<Settings>, server: Server): ValidReferers {
  const hosts = new NameTable<string>();
  for (const { name, path } of settings.hosts) hosts.add(name, path);
  const names = settings.serverNames ? server.names : [];
  for (const { name, regex } of names) if (!regex) hosts.add(name, '');
  const hostPatterns = names.filter(({ regex }) => regex).map(({ name }) => tester(cx, name));
  const patterns = settings.patterns.map(({ pattern }) => tester(cx, pattern));
  return {
    empty: settings.hosts.length === 0 && names.length === 0 && patterns.length === 0,
    none: settings.none,
    blocked: settings.blocked,
    hosts,
    patterns,
    hostPatterns,
  };
}

function tester(cx: EngineContext, pattern: string): (text: string) => boolean {
  const regex = cx.regex({ pattern, caseless: true });
  return (text) => regex.match(text) !== null;
}
