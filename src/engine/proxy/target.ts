import type { ProxyTarget } from '../../3-plan/schema/proxy-target.ts';

/** Where a request goes: the constant parts of `proxy_pass`, or what its variables gave. */
export type Target = Pick<ProxyTarget, 'scheme' | 'uri' | 'hostHeader' | 'portText' | 'host'>;

/** Nothing is read from a URL: the upstream is known, or the URL is none. */
export const noTarget: Target = { scheme: 'http', host: '', uri: '', hostHeader: '', portText: '' };
