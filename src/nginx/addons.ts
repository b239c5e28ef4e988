import type { DirectiveSpec } from './types.ts';

/**
 * Add-on projects that distributions package beside nginx (Debian's nginx-extras and libnginx-mod-*): a
 * configuration that uses them is judged as if they were loaded. Others count as loaded when `load_module` says so.
 */
const packagedProjects: ReadonlySet<string> = new Set([
  'echo-nginx-module',
  'headers-more-nginx-module',
  'lua-nginx-module',
  'nchan',
  'nginx-dav-ext-module',
  'nginx-upload-progress-module',
  'nginx-upstream-fair',
  'ngx-fancyindex',
  'ngx_cache_purge',
  'ngx_devel_kit',
  'ngx_http_auth_pam_module',
  'ngx_http_geoip2_module',
  'ngx_http_substitutions_filter_module',
]);

/** The name of the module in `load_module modules/NAME.so`. */
export function moduleOfFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.so$/, '');
}

/**
 * Modules of nginx's own that are built apart, whose http sibling of the same directives is loaded more often: without
 * a `load_module` for them nginx knows their directives in `http` only.
 */
const builtApart: ReadonlySet<string> = new Set(['ngx_stream_geoip_module', 'ngx_stream_geoip2_module']);

/** Whether a directive needs a `load_module` that is not there. */
export function needsLoading({ module }: DirectiveSpec, loaded: ReadonlySet<string>): boolean {
  return builtApart.has(module) && !loaded.has(module);
}

/** Whether the shared object `file` brings the directive; those of `stream` and `mail` hold all of a subsystem. */
function brings(file: string, { module, thirdParty }: DirectiveSpec): boolean {
  if (file === module) return true;
  if (thirdParty !== null || builtApart.has(module)) return false;
  return /^ngx_(?:stream|mail)_module$/.test(file) && module.startsWith(file.replace(/module$/, ''));
}

/** Whether the directive is one of a module in `late`: its `load_module` comes too late, or where it is refused. */
export function isLate(spec: DirectiveSpec, late: ReadonlySet<string>, loaded: ReadonlySet<string>): boolean {
  for (const file of late) if (!loaded.has(file) && brings(file, spec)) return true;
  return false;
}

/** Whether nginx would know the add-on's directive, given the modules that `load_module` named. */
export function isLoaded({ module, thirdParty }: DirectiveSpec, loaded: ReadonlySet<string>): boolean {
  return (thirdParty !== null && packagedProjects.has(thirdParty)) || loaded.has(module);
}
