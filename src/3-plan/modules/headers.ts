import { parseExpires } from '../../text/expires.ts';
import { parseSeconds } from '../../text/time.ts';
import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { Level, LowerContext } from '../lower-context.ts';
import type { ModuleSettings } from '../schema.ts';
import { parseTemplate } from '../template-text.ts';
import type { Lowerings } from './lowering.ts';
import { word } from './lowering.ts';

type Added = ModuleSettings<'headers'>['add_header'][number];

/** ngx_http_headers_module, ngx_http_userid_filter_module. */
export const headersLowerings: Lowerings = {
  add_header: (cx, level, directive) => add(cx, level, directive, 'add_header'),
  add_trailer: (cx, level, directive) => add(cx, level, directive, 'add_trailer'),
  expires(_cx, level, directive) {
    level.set('headers', 'expires', readExpires(directive), directive);
  },
  userid_expires(_cx, level, directive) {
    const text = word(directive, 0);
    const seconds = text === 'off' ? 0 : parseSeconds(text);
    level.set('userid', 'userid_expires', text === 'max' ? 'max' : (seconds ?? 0), directive);
  },
};

function add(
  cx: LowerContext,
  level: Level,
  directive: ResolvedDirective,
  name: 'add_header' | 'add_trailer',
): void {
  level.list<Added>('headers', name, directive).push({
    name: word(directive, 0),
    value: parseTemplate(word(directive, 1)),
    always: word(directive, 2) === 'always',
    origin: cx.origin(directive),
  });
}

type Expires = NonNullable<ModuleSettings<'headers'>['expires']>;

/** What has variables is read when a request is there (engine/response/expires.ts). */
function readExpires(directive: ResolvedDirective): Expires {
  const modified = word(directive, 0) === 'modified' && directive.values.length === 2;
  const text = word(directive, modified ? 1 : 0);
  if (text.includes('$')) return { mode: 'variable', seconds: modified ? 1 : 0, value: parseTemplate(text) };
  const value = parseExpires(text, modified);
  // nginx refused what cannot be read, and the directive is none that is valid.
  return 'error' in value ? { mode: 'off', seconds: 0, value: null } : { ...value, value: null };
}
