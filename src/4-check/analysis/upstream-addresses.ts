import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';

const kinds: readonly (readonly [RegExp, string])[] = [
  [/^unix:/i, 'unix'],
  [/^(?:localhost|127\.[\d.]+|\[::1\])$/i, 'loopback'],
  [/^(?:[\d.]+|\[[\da-f:.]+\])$/i, 'address'],
];

/**
 * What kind of place a `proxy_pass` leads to. Two places of one kind do the same with a handshake: which address exactly it
 * goes to does not matter, unless this very configuration may listen there.
 */
export class UpstreamAddresses {
  readonly #upstreams: ReadonlyMap<string, ResolvedBlock>;
  /** What is listened on, as far as an address upstream could be the same. */
  readonly #ports = new Set<string>(['80']);
  readonly #kinds = new Map<ResolvedBlock, string>();

  constructor(config: ResolvedConfig, upstreams: ReadonlyMap<string, ResolvedBlock>) {
    this.#upstreams = upstreams;
    const listens = new Set(config.named('listen').map(({ values }) => values[0] ?? ''));
    for (const address of listens) this.#ports.add(portOf(address));
  }

  /** @param url such as `http://backend/path`; with variables or TLS, where the name matters, it stays as it is. */
  kindOf(url: string): string {
    const [, authority = '', uri = ''] = /^http:\/\/(unix:[^:]*|[^/?]*)(.*)$/is.exec(url) ?? [];
    if (authority === '' || url.includes('$')) return url;
    const block = this.#upstreams.get(authority.toLowerCase());
    const kind = block === undefined ? this.#kindOfAddress(authority) : this.#kindOfUpstream(block);
    return `http://${kind}${uri}`;
  }

  #kindOfAddress(address: string): string {
    const port = portOf(address);
    if (this.#ports.has(port)) return address;
    const host = address.startsWith('unix:') ? address : address.slice(0, address.lastIndexOf(':'));
    return kinds.find(([pattern]) => pattern.test(host))?.[1] ?? 'name';
  }

  /** What the block says, without its name and those of its servers. */
  #kindOfUpstream(block: ResolvedBlock): string {
    let kind = this.#kinds.get(block);
    if (kind === undefined)
      this.#kinds.set(block, (kind = `{${block.directives.map((one) => this.#statement(one)).join(';')}}`));
    return kind;
  }

  #statement({ name, values }: ResolvedDirective): string {
    if (name === 'zone') return name;
    if (name !== 'server') return `${name} ${values.join(' ')}`;
    const [address = '', ...parameters] = values;
    return `${name} ${this.#kindOfAddress(address)} ${parameters.join(' ')}`;
  }
}

/** The port of an address with or without one; of a unix socket its path. */
function portOf(address: string): string {
  if (address.startsWith('unix:')) return address;
  const last = address.slice(address.lastIndexOf(':') + 1);
  return /^\d+$/.test(last) ? last : '80';
}
