import { parseNumber } from '../../nginx/values/number.ts';
import { parseSize } from '../../nginx/values/size.ts';
import { parseTemplate } from '../template-text.ts';
import { confCommand } from './conf-command.ts';
import { temporaryPath } from './core.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { credentialPath, word } from './lowering.ts';
import type { Passer } from './proxy-cache.ts';
import { cacheLowerings } from './proxy-cache.ts';
import { certificateCache } from './ssl.ts';

/** What the modules that pass requests on have in common (ngx_http_upstream.c), for the directives of one of them. */
export function passLowerings(module: Passer): Lowerings {
  return {
    ...cacheLowerings(module),
    [`${module}_hide_header`]: appendWord(module),
    [`${module}_pass_header`]: appendWord(module),
    [`${module}_buffers`](_cx, level, directive) {
      const number = parseNumber(word(directive, 0)) ?? 8;
      const size = parseSize(word(directive, 1)) ?? 4096;
      level.set(module, directive.name, { number, size }, directive);
    },
    [`${module}_temp_path`]: (cx, level, directive) =>
      level.set(module, directive.name, temporaryPath(cx, directive), directive),
    [`${module}_bind`]: bind(module),
  };
}

/** TLS towards the upstream: `proxy_ssl_…` and `uwsgi_ssl_…`. */
export function upstreamTlsLowerings(module: 'proxy' | 'uwsgi'): Lowerings {
  const path: DirectiveLowering = (cx, level, directive) =>
    level.set(module, directive.name, cx.confPath(word(directive, 0)), directive);
  const credential: DirectiveLowering = (cx, level, directive) =>
    level.set(module, directive.name, parseTemplate(credentialPath(cx, word(directive, 0))), directive);
  return {
    [`${module}_ssl_name`]: (_cx, level, directive) =>
      level.set(module, directive.name, parseTemplate(word(directive, 0)), directive),
    [`${module}_ssl_trusted_certificate`]: path,
    [`${module}_ssl_crl`]: path,
    [`${module}_ssl_certificate`]: credential,
    [`${module}_ssl_certificate_key`]: credential,
    [`${module}_ssl_certificate_cache`]: certificateCache(module),
    [`${module}_ssl_password_file`]: path,
    [`${module}_ssl_ciphers`]: (_cx, level, directive) =>
      level.set(module, directive.name, word(directive, 0), directive),
    [`${module}_ssl_conf_command`]: confCommand(module),
  };
}

/** `…_bind` (ngx_http_upstream_bind_set_slot). */
export function bind(module: Passer | 'memcached' | 'tunnel'): DirectiveLowering {
  return (cx, level, directive) => {
    const address = word(directive, 0);
    const transparent = word(directive, 1) === 'transparent';
    if (transparent)
      cx.notImplemented(directive, {
        parameter: 'transparent',
        detail: 'Node binds to addresses of this machine only.',
      });
    const value = address === 'off' ? null : { address: parseTemplate(address), transparent };
    level.set(module, directive.name, value, directive);
  };
}

/** A directive that stands once for each of its values. */
export function appendWord(module: Passer): DirectiveLowering {
  return (_cx, level, directive) => {
    level.list<string>(module, directive.name, directive).push(word(directive, 0));
  };
}
