import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { blockUpstream } from './upstreams.ts';
import { isUrlError, parseUrl } from './url.ts';
import { parseNumber } from './values/number.ts';
import { parseSize } from './values/size.ts';
import { parseSeconds } from '../text/time.ts';
import { subsystemOf } from './variables.ts';
import { addZone, smallestZone } from './zones.ts';

const parameterNames = /^(?:weight|max_conns|max_fails|fail_timeout|route|service)=/;

/** ngx_http_upstream_server, ngx_stream_upstream_server */
export function checkUpstreamServer(cx: CheckContext): Problem | null {
  const subsystem = subsystemOf(cx);
  const upstream = blockUpstream(cx);
  const runtime = cx.since('1.27.3');
  let backup = false;
  let resolve = false;
  let service = '';
  for (let word = 1; word < cx.values.length; word++) {
    const text = cx.arg(word);
    const refuse = (message: string): Problem => problem('invalid-parameter', message, { word });
    const name = parameterNames.exec(text)?.[0];
    const value = text.slice(name?.length ?? 0);
    const number = parseNumber(value);
    let fine = false;
    if (name === 'weight=') fine = number !== null && number !== 0;
    else if (name === 'max_conns=') fine = number !== null && cx.since('1.11.5');
    else if (name === 'max_fails=') fine = number !== null;
    else if (name === 'fail_timeout=') fine = parseSeconds(value) !== null;
    else if (text === 'backup') {
      if (upstream?.takesBackup === false)
        return refuse(`balancing method does not support parameter "${text}"`);
      fine = backup = true;
    } else if (text === 'down') fine = true;
    else if (text === 'drain' && subsystem === 'http') fine = cx.since('1.29.6');
    else if (name === 'route=' && subsystem === 'http' && cx.since('1.29.6')) {
      if (value === '') return refuse('route is empty');
      if (value.length > 32) return refuse('route is longer than 32');
      fine = true;
    } else if (text === 'resolve' && runtime) fine = resolve = true;
    else if (name === 'service=' && runtime) {
      if (value === '') return refuse('service is empty');
      service = value;
      fine = true;
    }
    if (!fine) return { ...refuse(`invalid parameter "${text}"`), detail: parameterDetail(text) };
  }
  const text = cx.arg(0);
  if (service !== '' && !resolve)
    return problem('invalid-parameter', `service upstream "${text}" requires "resolve" parameter`);
  const url = parseUrl(text, { defaultPort: subsystem === 'http' ? 80 : 0, noResolve: resolve }, cx);
  if (isUrlError(url))
    return problem('invalid-host-port', `${url.error} in upstream "${text}"`, {
      word: 0,
      ...(/^\w+:\/\//.test(text)
        ? { detail: 'A server of an upstream is a name and a port: the scheme stands in proxy_pass.' }
        : {}),
    });
  if (subsystem === 'stream' && url.noPort && service === '')
    return problem('invalid-host-port', `no port in upstream "${text}"`, { word: 0 });
  if (service !== '' && !url.noPort)
    return problem('invalid-parameter', `service upstream "${text}" may not have port`);
  if (service !== '' && url.address !== null)
    return problem('invalid-parameter', `service upstream "${text}" requires domain name`);
  upstream?.servers?.push({ backup, resolve: resolve && url.address === null && url.family !== 'unix' });
  return null;
}

const namedParameters = ['weight', 'max_conns', 'max_fails', 'fail_timeout', 'slow_start'];

const commercialParameters: ReadonlySet<string> = new Set([
  'slow_start',
  'resolve',
  'service',
  'route',
  'drain',
]);

function parameterDetail(text: string): string | undefined {
  const name = text.split('=')[0]!;
  if (!commercialParameters.has(name)) {
    const near = text.includes('=') ? didYouMean(name, namedParameters) : null;
    return near === null ? undefined : `Did you mean "${near}="?`;
  }
  return `"${name}" needs ${name === 'slow_start' ? 'the commercial NGINX Plus' : 'a newer nginx (or NGINX Plus)'}.`;
}

/** What balancers do when they are named (`uscf->flags`). */
export function setBalancer(cx: CheckContext, { backup }: { readonly backup: boolean }): void {
  const upstream = blockUpstream(cx);
  if (upstream === null) return;
  if (upstream.balanced) cx.warn('conflict', 'load balancing method redefined');
  upstream.balanced = true;
  upstream.takesBackup = backup;
}

/** ngx_http_upstream_zone, ngx_stream_upstream_zone */
export function checkUpstreamZone(cx: CheckContext): Problem | null {
  const name = cx.arg(0);
  if (name === '') return problem('invalid-value', 'invalid zone name ""', { word: 0 });
  let size = 0;
  if (cx.values.length > 1) {
    const parsed = parseSize(cx.arg(1));
    if (parsed === null) return problem('invalid-value', `invalid zone size "${cx.arg(1)}"`, { word: 1 });
    if (parsed < smallestZone) return problem('invalid-value', `zone "${name}" is too small`, { word: 1 });
    size = parsed;
  }
  const added = addZone(cx, name, size, `ngx_${subsystemOf(cx)}_upstream_module`);
  if ('refused' in added) return added.refused;
  added.zone.data = true;
  const upstream = blockUpstream(cx);
  if (upstream !== null) upstream.inZone = true;
  return null;
}
