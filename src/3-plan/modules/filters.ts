import type { ModuleName, ModuleSettings, PlanRegex } from '../schema.ts';
import { parseTemplate } from '../template-text.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { word, words } from './lowering.ts';
import { declareCaptures } from './regex.ts';

type Substitution = ModuleSettings<'sub'>['sub_filter'][number];

/** ngx_http_types_slot: `first` always belongs to the list. */
function types(module: ModuleName, first: string): DirectiveLowering {
  return (_cx, level, directive) => {
    const list = level.list<string>(module, directive.name, directive);
    if (list.length === 0) list.push(first);
    list.push(...words(directive));
  };
}

/** Filters of bodies. */
export const filterLowerings: Lowerings = {
  charset_types: types('charset', 'text/html'),
  ssi_types: types('ssi', 'text/html'),
  gzip_types: types('gzip', 'text/html'),
  sub_filter_types: types('sub', 'text/html'),
  addition_types: types('addition', 'text/html'),
  sub_filter(_cx, level, directive) {
    level.list<Substitution>('sub', 'sub_filter', directive).push({
      search: parseTemplate(word(directive, 0)),
      replacement: parseTemplate(word(directive, 1)),
    });
  },
  gzip_disable(cx, level, directive) {
    const patterns = level.list<PlanRegex>('gzip', 'gzip_disable', directive);
    for (const pattern of words(directive)) {
      if (pattern === 'msie6') level.set('gzip', 'disable_msie6', true, directive);
      else {
        declareCaptures(cx, pattern, directive);
        patterns.push({ pattern, caseless: true });
      }
    }
  },
};
