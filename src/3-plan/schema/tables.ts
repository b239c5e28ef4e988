import {
  accessTable,
  authBasicTable,
  authRequestTable,
  charsetTable,
  coreTable,
  davTable,
  mp4Table,
  headersTable,
  indexTable,
  logTable,
  mirrorTable,
  ssiTable,
  useridTable,
} from './core.ts';
import { additionTable, gunzipTable, gzipStaticTable, gzipTable, sliceTable, subTable } from './filters.ts';
import { fastcgiTable, memcachedTable, scgiTable, uwsgiTable } from './gateways.ts';
import { proxyTable, tunnelTable } from './proxy.ts';
import type { SettingsOf, SettingsTable } from './setting.ts';
import { sslTable } from './ssl.ts';
import {
  browserTable,
  limitConnTable,
  limitReqTable,
  realipTable,
  refererTable,
  secureLinkTable,
} from './traffic.ts';

/** Every module with inherited settings, in nginx's order of modules. To add one: its table here, its lowering, its engine part. */
export const tables = {
  core: coreTable,
  log: logTable,
  headers: headersTable,
  charset: charsetTable,
  userid: useridTable,
  index: indexTable,
  dav: davTable,
  mp4: mp4Table,
  access: accessTable,
  authBasic: authBasicTable,
  authRequest: authRequestTable,
  mirror: mirrorTable,
  ssi: ssiTable,
  gzip: gzipTable,
  gunzip: gunzipTable,
  gzipStatic: gzipStaticTable,
  sub: subTable,
  addition: additionTable,
  slice: sliceTable,
  proxy: proxyTable,
  tunnel: tunnelTable,
  fastcgi: fastcgiTable,
  uwsgi: uwsgiTable,
  scgi: scgiTable,
  memcached: memcachedTable,
  ssl: sslTable,
  limitReq: limitReqTable,
  limitConn: limitConnTable,
  realip: realipTable,
  referer: refererTable,
  browser: browserTable,
  secureLink: secureLinkTable,
} satisfies Record<string, SettingsTable>;

export type ModuleName = keyof typeof tables;
export type ModuleSettings<Name extends ModuleName> = SettingsOf<(typeof tables)[Name]>;
