import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { HostnameKeys } from '../hash-keys.ts';
import { problem } from '../problem.ts';
import { checkHashBuckets, numberOf } from './hash.ts';
import type { ListenAddress, ListenPorts } from './listen.ts';

interface NameWord {
  readonly name: string;
  readonly node: NonNullable<BlockState['opener']>;
  /** Index of the argument; -1 for the empty name of a server without `server_name`. */
  readonly word: number;
}

/** The names of a server that are no patterns. */
function namesOf(server: BlockState): NameWord[] {
  const names: NameWord[] = [];
  let any = false;
  for (const node of server.all('server_name'))
    for (let word = 0; word < node.args.length; word++) {
      const { value } = node.args[word]!;
      any = true;
      if (!value.startsWith('~')) names.push({ name: value.toLowerCase(), node, word });
    }
  return any ? names : [{ name: '', node: server.opener!, word: -1 }];
}

/** ngx_http_server_names: names that two servers of one address claim, and names that are none. */
function checkAddress(cx: CheckContext, main: BlockState, address: ListenAddress): void {
  const keys = new HostnameKeys();
  const first = new Map<string, NameWord>();
  for (const server of address.servers)
    for (const each of namesOf(server)) {
      const { name, node, word } = each;
      const answer = keys.add(name, true);
      if (answer === 'ok') {
        first.set(name, each);
        continue;
      }
      if (answer === 'declined') {
        const message = `invalid server name or wildcard "${name}" on ${address.name}`;
        cx.report(problem('invalid-server-name', message, { node, word, placeless: true }));
        continue;
      }
      const before = first.get(name);
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
    }
  const bucketSize = numberOf(main, 'server_names_hash_bucket_size', 64);
  checkHashBuckets(cx, 'server_names_hash', keys.hashed, bucketSize);
}

/**
 * ngx_http_optimize_servers. Ports of one range have the same servers and the same conflicts; only the first of them is
 * told of.
 */
export function checkServerNames(cx: CheckContext, main: BlockState, ports: ListenPorts): void {
  const numbers = new Map<BlockState, number>();
  for (const server of main.children) numbers.set(server, numbers.size);
  const checked = new Map<Directive, Set<string>>();
  for (const addresses of ports.values())
    for (const address of addresses.values()) {
      if (address.servers.size < 2) continue;
      const key = [...address.servers].map((server) => numbers.get(server)).join();
      const alike = checked.get(address.node) ?? new Set();
      checked.set(address.node, alike);
      if (alike.has(key)) continue;
      alike.add(key);
      checkAddress(cx, main, address);
    }
}
