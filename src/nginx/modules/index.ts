import type { ModuleChecks } from '../module-checks.ts';
import { addonModules } from './addon-modules.ts';
import { confModule } from './ngx_conf_module.ts';
import { coreModule } from './ngx_core_module.ts';
import { errlogModule } from './ngx_errlog_module.ts';
import { eventCoreModule } from './ngx_event_core_module.ts';
import { eventsModule } from './ngx_events_module.ts';
import { httpCoreModule, httpModule } from './ngx_http_core_module.ts';
import { httpAccessModule } from './ngx_http_access_module.ts';
import { httpAdditionModule } from './ngx_http_addition_filter_module.ts';
import { httpAuthBasicModule } from './ngx_http_auth_basic_module.ts';
import { httpAuthRequestModule } from './ngx_http_auth_request_module.ts';
import { httpBrowserModule } from './ngx_http_browser_module.ts';
import { httpCharsetModule } from './ngx_http_charset_filter_module.ts';
import { httpGeoModule } from './ngx_http_geo_module.ts';
import { httpSplitClientsModule } from './ngx_http_split_clients_module.ts';
import { httpGzipModule } from './ngx_http_gzip_filter_module.ts';
import { httpHeadersModule } from './ngx_http_headers_filter_module.ts';
import { httpIndexModule } from './ngx_http_index_module.ts';
import { httpLimitConnModule } from './ngx_http_limit_conn_module.ts';
import { httpLimitReqModule } from './ngx_http_limit_req_module.ts';
import { httpMirrorModule } from './ngx_http_mirror_module.ts';
import { httpRealipModule } from './ngx_http_realip_module.ts';
import { httpRefererModule } from './ngx_http_referer_module.ts';
import { httpSecureLinkModule } from './ngx_http_secure_link_module.ts';
import { httpSubModule } from './ngx_http_sub_filter_module.ts';
import { httpUseridModule } from './ngx_http_userid_filter_module.ts';
import { httpFastcgiModule } from './ngx_http_fastcgi_module.ts';
import { httpUwsgiModule } from './ngx_http_uwsgi_module.ts';
import { httpScgiModule } from './ngx_http_scgi_module.ts';
import { httpGrpcModule } from './ngx_http_grpc_module.ts';
import { httpMemcachedModule } from './ngx_http_memcached_module.ts';
import { httpImageFilterModule } from './ngx_http_image_filter_module.ts';
import { httpPerlModule } from './ngx_http_perl_module.ts';
import { httpLogModule } from './ngx_http_log_module.ts';
import { httpLuaModule } from './ngx_http_lua_module.ts';
import { httpMapModule } from './ngx_http_map_module.ts';
import { httpProxyModule } from './ngx_http_proxy_module.ts';
import { httpRewriteModule } from './ngx_http_rewrite_module.ts';
import {
  httpUpstreamHashModule,
  httpUpstreamIpHashModule,
  httpUpstreamKeepaliveModule,
  httpUpstreamLeastConnModule,
  httpUpstreamLeastTimeModule,
  httpUpstreamModule,
  httpUpstreamRandomModule,
  httpUpstreamZoneModule,
} from './ngx_http_upstream_module.ts';
import { httpSsiModule } from './ngx_http_ssi_filter_module.ts';
import { httpSslModule } from './ngx_http_ssl_module.ts';
import { httpXsltModule } from './ngx_http_xslt_filter_module.ts';
import { httpTryFilesModule } from './ngx_http_try_files_module.ts';
import { httpTunnelModule } from './ngx_http_tunnel_module.ts';
import { httpUpstreamStickyModule } from './ngx_http_upstream_sticky_module.ts';
import { httpV2Module } from './ngx_http_v2_module.ts';
import { mailModules } from './ngx_mail_modules.ts';
import { streamCoreModule, streamModule } from './ngx_stream_core_module.ts';
import { streamModules } from './ngx_stream_modules.ts';
import { threadPoolModule } from './ngx_thread_pool_module.ts';

/** Every module with checks of its own, in nginx's order (auto/modules), which is the order of the hooks. */
export const modules: readonly ModuleChecks[] = [
  coreModule,
  errlogModule,
  confModule,
  eventsModule,
  eventCoreModule,
  threadPoolModule,
  httpModule,
  httpCoreModule,
  httpLogModule,
  httpUpstreamModule,
  httpV2Module,
  httpIndexModule,
  httpMirrorModule,
  httpTryFilesModule,
  httpAuthRequestModule,
  httpAuthBasicModule,
  httpAccessModule,
  httpLimitConnModule,
  httpLimitReqModule,
  httpRealipModule,
  httpGeoModule,
  httpMapModule,
  httpSplitClientsModule,
  httpRefererModule,
  httpRewriteModule,
  httpSslModule,
  httpProxyModule,
  httpFastcgiModule,
  httpUwsgiModule,
  httpScgiModule,
  httpGrpcModule,
  httpTunnelModule,
  httpMemcachedModule,
  httpBrowserModule,
  httpSecureLinkModule,
  httpUpstreamHashModule,
  httpUpstreamIpHashModule,
  httpUpstreamLeastConnModule,
  httpUpstreamLeastTimeModule,
  httpUpstreamRandomModule,
  httpUpstreamKeepaliveModule,
  httpUpstreamZoneModule,
  httpUpstreamStickyModule,
  httpGzipModule,
  httpSsiModule,
  httpCharsetModule,
  httpAdditionModule,
  httpXsltModule,
  httpSubModule,
  httpUseridModule,
  httpHeadersModule,
  httpImageFilterModule,
  httpPerlModule,
  ...addonModules,
  ...mailModules,
  streamModule,
  streamCoreModule,
  ...streamModules,
  httpLuaModule,
];
