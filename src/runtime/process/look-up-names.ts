import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { HttpPlan, Plan } from '../../3-plan/schema.ts';
import type { PlanUpstream, UpstreamServer } from '../../3-plan/schema/upstream.ts';
import { errnoOf } from '../../system/errno.ts';

/**
 * Replaces host names by the addresses they have now, as nginx does once while it reads: servers of upstreams (those with
 * `resolve` are looked up at run time instead), and trusted proxies of realip.
 *
 * @returns the plan with addresses (the same one when it has no names), or nginx's message about a name that has none
 */
export async function lookUpNames(plan: Plan): Promise<Plan | string> {
  const { http } = plan;
  if (http === null) return plan;
  try {
    const upstreams = await Promise.all(http.upstreams.map((upstream) => withAddresses(plan, upstream)));
    return { ...plan, http: { ...http, upstreams, settings: await withTrustedAddresses(http) } };
  } catch (error) {
    if (error instanceof UnknownName) return error.message;
    throw error;
  }
}

class UnknownName extends Error {}

async function withAddresses(plan: Plan, upstream: PlanUpstream): Promise<PlanUpstream> {
  const isUnknown = ({ addresses, resolve }: UpstreamServer): boolean => addresses.length === 0 && !resolve;
  if (!upstream.servers.some(isUnknown)) return upstream;
  const servers = upstream.servers.map(async (server) => {
    if (!isUnknown(server)) return server;
    const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(server.name) ?? [];
    const found = await addressesOf(host);
    if (found.length === 0) {
      throw new UnknownName(`host not found in upstream "${server.name}"${placeOf(plan, server.origin)}`);
    }
    const number = port === undefined ? upstream.port || 80 : Number(port);
    return {
      ...server,
      addresses: found.map((address) => ({
        host: address,
        port: number,
        path: '',
        name: isIP(address) === 6 ? `[${address}]:${number}` : `${address}:${number}`,
      })),
    };
  });
  return { ...upstream, servers: await Promise.all(servers) };
}

/** `set_real_ip_from` takes host names; the engine knows addresses, ranges, `unix:` and localhost. */
async function withTrustedAddresses(http: HttpPlan): Promise<HttpPlan['settings']> {
  const { realip } = http.settings;
  const isName = (text: string): boolean =>
    text !== 'unix:' && text !== 'localhost' && isIP(text.replace(/\/.*/, '')) === 0;
  if (!realip.some(({ set_real_ip_from: from }) => from?.some(isName))) return http.settings;
  const groups = realip.map(async (group) => {
    if (group.set_real_ip_from === undefined) return group;
    const networks = await Promise.all(
      group.set_real_ip_from.map(async (text) => (isName(text) ? await addressesOf(text) : [text])),
    );
    return { ...group, set_real_ip_from: networks.flat() };
  });
  return { ...http.settings, realip: await Promise.all(groups) };
}

async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);
  } catch (error) {
    if (/^(ENOTFOUND|EAI_)/.test(errnoOf(error))) return [];
    throw error;
  }
}

function placeOf({ origins, files }: Plan, origin: number): string {
  if (origin < 0) return '';
  return ` in ${files[origins[origin * 3]!]}:${origins[origin * 3 + 1]}`;
}
