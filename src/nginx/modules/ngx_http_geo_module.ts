import { checkGeo, checkGeoEntry } from '../geo-block.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** ngx_http_geo_module.c */
export const httpGeoModule: ModuleChecks = {
  module: 'ngx_http_geo_module',
  directives: { geo: checkGeo },
  entries: { geo: checkGeoEntry },
};
