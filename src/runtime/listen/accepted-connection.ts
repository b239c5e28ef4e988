import type { Socket } from 'node:net';
import type { Connection, ProxyProtocolInfo, TlsInfo } from '../../engine/api.ts';

/** A client's connection as the engine sees it. */
export class AcceptedConnection implements Connection {
  readonly listen: number;
  readonly serial: number;
  remoteAddress: string;
  remotePort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  requests = 0;
  tls: TlsInfo | null = null;
  proxyProtocol: ProxyProtocolInfo | null = null;
  readonly startedAt: number;
  pipelined = false;

  /**
   * @param listen index into `plan.http.listens`
   * @param local the bound address; null on wildcard sockets, where the system is asked
   */
  constructor(socket: Socket, serial: number, listen: number, local: LocalAddress) {
    this.listen = listen;
    this.serial = serial;
    this.remoteAddress = socket.remoteAddress ?? 'unix:';
    this.remotePort = socket.remotePort ?? 0;
    this.serverAddress = local.address;
    this.serverPort = local.port;
    this.startedAt = Date.now();
  }
}

/** Where a connection arrived: `unix:/path` and port 0 for unix sockets. */
export interface LocalAddress {
  readonly address: string;
  readonly port: number;
}
