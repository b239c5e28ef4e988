import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, isIPv6, type Socket as TcpSocket } from 'node:net';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { withoutLookup } from '../without-lookup.ts';

/** An address of the `resolver` directive. */
export interface NameServerAddress {
  readonly address: string;
  readonly port: number;
}

/** Milliseconds without progress after which a TCP connection is given up (ngx_resolver.c, tcp_timeout). */
const tcpTimeout = 5_000;

/** Sends queries to one name server over UDP, or over TCP after a truncated answer. */
export class NameServer {
  readonly #address: NameServerAddress;
  readonly #received: (message: Buffer) => void;
  readonly #report: (message: string) => void;
  #udp: UdpSocket | null = null;
  /** Queries that wait for the socket; null once it is connected. */
  #queued: Buffer[] | null = null;
  #tcp: TcpSocket | null = null;

  /**
   * @param received takes every message that comes back
   * @param report takes errors of the connection
   */
  constructor(
    address: NameServerAddress,
    received: (message: Buffer) => void,
    report: (message: string) => void,
  ) {
    this.#address = address;
    this.#received = received;
    this.#report = report;
  }

  sendUdp(query: Buffer): void {
    const socket = (this.#udp ??= this.#openUdp());
    if (this.#queued === null) socket.send(query);
    else this.#queued.push(query);
  }

  sendTcp(query: Buffer): void {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    this.#tcp ??= this.#openTcp();
    this.#tcp.write(Buffer.concat([length, query]));
  }

  close(): void {
    this.#udp?.close();
    this.#tcp?.destroy();
    this.#udp = null;
    this.#tcp = null;
  }

  #openUdp(): UdpSocket {
    const { address, port } = this.#address;
    const socket = createSocket({
      type: isIPv6(address) ? 'udp6' : 'udp4',
      ...withoutLookup(address),
    });
    socket.unref();
    socket.on('message', this.#received);
    socket.on('error', (error) => this.#report(`recv() failed ${errnoText(errnoOf(error))}`));
    this.#queued = [];
    socket.connect(port, address, (error?: Error) => {
      const queries = this.#queued ?? [];
      this.#queued = null;
      if (error === undefined) {
        for (const query of queries) socket.send(query);
        return;
      }
      // The next query tries it anew.
      if (this.#udp === socket) this.#udp = null;
      socket.close();
      this.#report(`connect() failed ${errnoText(errnoOf(error))}`);
    });
    return socket;
  }

  #openTcp(): TcpSocket {
    const { address, port } = this.#address;
    const socket = connect({ host: address, port });
    let pending: Buffer = Buffer.alloc(0);
    const forget = (): void => {
      if (this.#tcp === socket) this.#tcp = null;
      socket.destroy();
    };
    socket.unref();
    socket.setTimeout(tcpTimeout, forget);
    socket.on('error', (error) => this.#report(`connect() failed ${errnoText(errnoOf(error))}`));
    socket.on('close', forget);
    socket.on('end', forget);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        this.#received(pending.subarray(2, end));
        pending = pending.subarray(end);
      }
    });
    return socket;
  }
}
