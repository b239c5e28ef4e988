import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { HostnameKeys } from '../hash-keys.ts';
import { problem } from '../problem.ts';
import { checkHash, sizedHash } from './hash.ts';
import type { ListenAddress, ListenPorts } from './listen.ts';

/** A name that a server of an address goes by. */
interface NameWord {
  readonly node: NonNullable<BlockState['opener']>;
  /** Index of the argument; -1 for the empty name of a server without `server_name`. */
  readonly word: number;
}

type Visit = (name: string, node: NameWord['node'], word: number) => void;

/** Visits the names of the servers that are no patterns, in nginx's order. */
function eachName(servers: Iterable<BlockState>, visit: Visit): void {
  for (const server of servers) {
    let any = false;
    for (const node of server.all('server_name')) {
      const { values } = node;
      for (let word = 0; word < values.length; word++) {
        const value = values[word]!;
        any = true;
        if (!value.startsWith('~')) visit(value.toLowerCase(), node, word);
      }
    }
    if (!any) visit('', server.opener!, -1);
  }
}

/** The first place of each name. */
function firstPlaces(servers: Iterable<BlockState>): ReadonlyMap<string, NameWord> {
  const places = new Map<string, NameWord>();
  eachName(servers, (name, node, word) => {
    if (!places.has(name)) places.set(name, { node, word });
  });
  return places;
}

const serverNamesHash = sizedHash('server_names_hash', 512);

/**
 * ngx_http_server_names and ngx_stream_server_names: names that two servers of one address claim, and names that are
 * none. @param main `http` or `stream`
 */
export function checkNamesOfAddress(
  cx: CheckContext,
  main: BlockState,
  address: Pick<ListenAddress, 'name' | 'servers'>,
): void {
  const keys = new HostnameKeys();
  // Made at the first conflict: most configurations have none.
  let places: ReadonlyMap<string, NameWord> | undefined;
  eachName(address.servers, (name, node, word) => {
    const answer = keys.add(name, true);
    if (answer === 'ok') return;
    if (answer === 'declined') {
      const message = `invalid server name or wildcard "${name}" on ${address.name}`;
      cx.report(problem('invalid-server-name', message, { node, word, placeless: true }));
      return;
    }
    places ??= firstPlaces(address.servers);
    const found = places.get(name);
    // Another name may have claimed it first: `.example.com` takes `example.com` with it.
    const before = found?.node === node && found.word === word ? undefined : found;
    cx.warn('conflicting-server-name', `conflicting server name "${name}" on ${address.name}, ignored`, {
      node,
      word,
      placeless: true,
      detail: 'Requests for this name go to the server that has it first.',
      related:
        before === undefined
          ? []
          : [
              {
                file: before.node.file,
                span: before.node.args[before.word] ?? before.node.name,
                message: 'first given here',
              },
            ],
    });
  });
  if (!keys.empty) checkHash(cx, serverNamesHash, main, keys.hashed());
}

/**
 * ngx_http_optimize_servers. Ports of one range have the same servers and the same conflicts; only the first of them is
 * told of.
 */
export function checkServerNames(cx: CheckContext, main: BlockState, ports: ListenPorts): void {
  const checked = new Map<Directive, ListenAddress[]>();
  for (const addresses of ports.values())
    for (const address of addresses.values()) {
      if (address.servers.size < 2) continue;
      const range = checked.get(address.node);
      if (range === undefined) checked.set(address.node, [address]);
      else if (range.some((other) => sameServers(other, address))) continue;
      else range.push(address);
      checkNamesOfAddress(cx, main, address);
    }
}

/** Whether two addresses have the same servers in the same order. */
function sameServers(a: ListenAddress, b: ListenAddress): boolean {
  if (a.servers.size !== b.servers.size) return false;
  const others = b.servers.values();
  for (const server of a.servers) if (others.next().value !== server) return false;
  return true;
}
