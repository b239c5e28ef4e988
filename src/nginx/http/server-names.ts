import type { BlockState, CheckContext } from '../check-context.ts';
import { problem } from '../problem.ts';
import { checkHashBuckets, numberOf } from './hash.ts';
import type { ListenAddress, ListenPorts } from './listen.ts';

type Kind = 'exact' | 'suffix' | 'wildcard-head' | 'wildcard-tail' | 'invalid';

/** ngx_hash_add_key with NGX_HASH_WILDCARD_KEY: what kind of name it is, and what it is compared as. */
function classify(name: string): { kind: Kind; key: string } {
  const stars = name.split('*').length - 1;
  if (stars > 1 || name.includes('..') || name.includes('\0')) return { kind: 'invalid', key: name };
  if (name.length > 1 && name.startsWith('.')) return { kind: 'suffix', key: name.slice(1) };
  if (name.length > 2 && name.startsWith('*.')) return { kind: 'wildcard-head', key: name.slice(2) };
  if (name.length > 2 && name.endsWith('.*')) return { kind: 'wildcard-tail', key: name.slice(0, -2) };
  return { kind: stars > 0 ? 'invalid' : 'exact', key: name };
}

interface NameWord {
  readonly name: string;
  readonly node: NonNullable<BlockState['opener']>;
  readonly word: number;
}

/** The names of a server that are no patterns; one without `server_name` has the empty name. */
function namesOf(server: BlockState): NameWord[] {
  const names: NameWord[] = [];
  let any = false;
  for (const node of server.all('server_name'))
    for (const [word, { value }] of node.args.entries()) {
      any = true;
      if (!value.startsWith('~')) names.push({ name: value.toLowerCase(), node, word });
    }
  return any ? names : [{ name: '', node: server.opener!, word: -1 }];
}

/** ngx_http_server_names: names that two servers of one address claim, and names that are none. */
function checkAddress(cx: CheckContext, main: BlockState, address: ListenAddress): void {
  const exact = new Map<string, NameWord>();
  const heads = new Set<string>();
  const tails = new Set<string>();
  const hashed: string[] = [];
  for (const server of address.servers)
    for (const each of namesOf(server)) {
      const { name, node, word } = each;
      const { kind, key } = classify(name);
      if (kind === 'invalid') {
        const message = `invalid server name or wildcard "${name}" on ${address.name}`;
        cx.report(problem('invalid-server-name', message, { node, word, placeless: true }));
        continue;
      }
      const wildcards = kind === 'wildcard-tail' ? tails : heads;
      const first = kind === 'exact' || kind === 'suffix' ? exact.get(key) : undefined;
      if (first !== undefined || (kind !== 'exact' && wildcards.has(key))) {
        cx.warn('conflicting-server-name', `conflicting server name "${name}" on ${address.name}, ignored`, {
          node,
          word,
          placeless: true,
          detail: 'Requests for this name go to the server that has it first.',
          related:
            first === undefined
              ? []
              : [
                  {
                    file: first.node.file,
                    span: first.node.args[first.word] ?? first.node.name,
                    message: 'first given here',
                  },
                ],
        });
        continue;
      }
      if (kind === 'exact' || kind === 'suffix') exact.set(key, each);
      if (kind === 'exact') hashed.push(key);
      else wildcards.add(key);
    }
  checkHashBuckets(cx, 'server_names_hash', hashed, numberOf(main, 'server_names_hash_bucket_size', 64));
}

/** ngx_http_optimize_servers */
export function checkServerNames(cx: CheckContext, main: BlockState, ports: ListenPorts): void {
  for (const addresses of ports.values())
    for (const address of addresses.values()) if (address.servers.size > 1) checkAddress(cx, main, address);
}
