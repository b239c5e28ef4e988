import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import { levelName, placeOf, textOf, type Cause, type Scene } from './cause.ts';

/** Add-on directives that change neither the request on its way nor whether it is passed on. */
const harmless = [
  /^brotli/,
  /^zstd/,
  /^vhost_traffic_status/,
  /^geoip2/,
  /^more_(set|clear)_headers$/,
  /^opentracing|^opentelemetry|^otel/,
  /^lua_(package|shared|code|socket|check|ssl|regex|capture|need|max|transform|use)/,
  /^(init|init_worker|exit_worker|log|ssl_[a-z_]+|header_filter|body_filter)_by_lua/,
  /^js_(import|path|include|shared)/,
  /^headers_more/,
  /^fancyindex/,
  /^pagespeed/,
  /^upload_progress|^track_uploads|^report_uploads/,
];

/** Directives of modules that the model does not know and that may change what happens here: the verdict depends on them. */
export function unknownsOf({ block, blocks }: Scene): Cause[] {
  const causes: Cause[] = [];
  const seen = new Set<string>();
  for (let level: ResolvedBlock | null = block; level !== null; level = level.parent) {
    for (const directive of blocks.addOnsAt(level)) {
      if (seen.has(directive.name) || harmless.some((pattern) => pattern.test(directive.name))) continue;
      seen.add(directive.name);
      causes.push({
        code: 'ws/depends',
        message: `depends on "${textOf(directive)}" in ${levelName(level)}: it belongs to ${directive.spec!.thirdParty!}, which may answer, redirect or change the request`,
        symptom: '',
        ...placeOf(directive),
        related: [],
        help: 'Try it with the real module; everything else here is judged as if it let the request through.',
        fix: null,
      });
    }
  }
  return causes;
}
