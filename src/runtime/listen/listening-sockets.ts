import type { LogLevel } from '../../engine/api.ts';
import { ListeningSocket, type ListenAddress } from './listening-socket.ts';

/** Binding is tried this often while addresses are in use (ngx_open_listening_sockets). */
const tries = 5;
const retryAfter = 500;

/** The sockets of a process. They outlive configurations: a reload keeps those that both have. */
export class ListeningSockets {
  readonly #open = new Map<string, ListeningSocket>();

  /**
   * Makes sure that every address is listened on. New sockets drop connections until they get an `onConnection`.
   * Nothing changes when one cannot be bound: those opened by this call are closed again.
   *
   * @param report takes nginx's messages about failed attempts
   * @returns null, or nginx's last word
   */
  async open(
    addresses: readonly ListenAddress[],
    report: (level: LogLevel, message: string) => void,
  ): Promise<string | null> {
    const opened: string[] = [];
    const give = (message: string): string => {
      for (const key of opened) this.#close(key);
      return message;
    };
    for (let left = tries; left > 0; left--) {
      let inUse = false;
      for (const address of addresses) {
        if (this.#open.has(address.text)) continue;
        const socket = await ListeningSocket.open(address);
        if (socket instanceof ListeningSocket) {
          this.#open.set(address.text, socket);
          opened.push(address.text);
          continue;
        }
        report('emerg', socket.message);
        if (socket.code !== 'EADDRINUSE') return give(socket.message);
        inUse = true;
      }
      if (!inUse) return null;
      report('notice', 'try again to bind() after 500ms');
      await new Promise((resolve) => setTimeout(resolve, retryAfter));
    }
    report('emerg', 'still could not bind()');
    return give('still could not bind()');
  }

  get(text: string): ListeningSocket | undefined {
    return this.#open.get(text);
  }

  /** Closes the sockets of addresses that are not among `addresses`. */
  keepOnly(addresses: readonly ListenAddress[]): void {
    const wanted = new Set(addresses.map(({ text }) => text));
    for (const key of [...this.#open.keys()]) if (!wanted.has(key)) this.#close(key);
  }

  close(): void {
    this.keepOnly([]);
  }

  #close(key: string): void {
    this.#open.get(key)?.close();
    this.#open.delete(key);
  }
}
