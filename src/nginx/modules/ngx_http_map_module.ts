import { checkMap, checkMapEntry, checkMapHashSize, endOfMap } from '../map-block.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** src/http/modules/ngx_http_map_module.c */
export const httpMapModule: ModuleChecks = {
  module: 'ngx_http_map_module',
  directives: {
    map: checkMap,
    map_hash_max_size: checkMapHashSize,
    map_hash_bucket_size: checkMapHashSize,
  },
  entries: { map: checkMapEntry },
  closing: { map: endOfMap },
};
