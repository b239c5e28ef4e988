import { parseNumber } from '../../nginx/values/number.ts';
import { parseSize } from '../../nginx/values/size.ts';
import type { ModuleSettings } from '../schema.ts';
import { parseTarget } from '../schema/proxy-target.ts';
import { parseTemplate } from '../template-text.ts';
import { temporaryPath } from './core.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { word } from './lowering.ts';
import { bind } from './proxy.ts';
import { declareCaptures } from './regex.ts';
import { upstreamFor } from './upstream.ts';

type Param = ModuleSettings<'fastcgi'>['fastcgi_param'][number];

function append(
  name: 'fastcgi_hide_header' | 'fastcgi_pass_header' | 'fastcgi_catch_stderr',
): DirectiveLowering {
  return (_cx, level, directive) => {
    level.list<string>('fastcgi', name, directive).push(word(directive, 0));
  };
}

/** ngx_http_fastcgi_module. */
export const fastcgiLowerings: Lowerings = {
  fastcgi_pass(cx, level, directive) {
    if (level.location?.name.endsWith('/')) level.location.autoRedirect = true;
    const text = word(directive, 0);
    const origin = cx.origin(directive);
    if (text.includes('$')) {
      level.setContent({ kind: 'fastcgi', upstream: -1, address: parseTemplate(text), origin });
      return;
    }
    const target = parseTarget(`http://${text}`);
    if ('error' in target) return;
    const upstream = upstreamFor(cx, target, directive);
    level.setContent({ kind: 'fastcgi', upstream, address: null, origin });
  },
  fastcgi_param(cx, level, directive) {
    level.list<Param>('fastcgi', 'fastcgi_param', directive).push({
      name: word(directive, 0),
      value: parseTemplate(word(directive, 1)),
      skipEmpty: word(directive, 2) === 'if_not_empty',
      origin: cx.origin(directive),
    });
  },
  fastcgi_split_path_info(cx, level, directive) {
    const pattern = word(directive, 0);
    declareCaptures(cx, pattern, directive);
    level.set('fastcgi', 'fastcgi_split_path_info', { pattern, caseless: false }, directive);
  },
  fastcgi_catch_stderr: append('fastcgi_catch_stderr'),
  fastcgi_hide_header: append('fastcgi_hide_header'),
  fastcgi_pass_header: append('fastcgi_pass_header'),
  fastcgi_buffers(_cx, level, directive) {
    const number = parseNumber(word(directive, 0)) ?? 8;
    const size = parseSize(word(directive, 1)) ?? 4096;
    level.set('fastcgi', 'fastcgi_buffers', { number, size }, directive);
  },
  fastcgi_temp_path: (cx, level, directive) =>
    level.set('fastcgi', 'fastcgi_temp_path', temporaryPath(cx, directive), directive),
  fastcgi_bind: bind('fastcgi'),
};
