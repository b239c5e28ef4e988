import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Plan } from '../../3-plan/schema.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import type { Connection } from '../../engine/api.ts';
import type { ZoneStore } from '../../engine/zones/zone-store.ts';
import type { CacheZone } from '../../engine/cache/zone.ts';
import type { CacheZones } from '../cache/cache-zones.ts';
import { ownFolder } from '../files/temp-folders.ts';
import { createAcceptor } from '../listen/acceptor.ts';
import { acceptFailure } from '../listen/listening-socket.ts';
import type { ListeningSockets } from '../listen/listening-sockets.ts';
import { AccessLogs } from '../log/access-log.ts';
import { ErrorLogs, type ErrorLogger, type ErrorLogTarget } from '../log/error-log.ts';
import { createResolve } from '../resolver/resolvers.ts';
import { watchUpstreamNames } from '../resolver/upstream-names.ts';
import type { Services, Worker } from '../services.ts';
import type { CredentialFiles } from '../tls/credentials.ts';
import type { StatusCaches } from '../tls/ocsp/client-status.ts';
import { TlsClients } from '../tls/tls-client.ts';
import { VariableTlsServer } from '../tls/variable-tls-server.ts';
import type { TicketSecret } from '../tls/resumption.ts';
import { TlsServer, type TlsServerSettings, type TlsServices } from '../tls/tls-server.ts';
import { startWorker } from '../worker.ts';
import { canChangeUser, chownTo, type RunAs } from './privileges.ts';
import type { ProcessSettings } from './settings.ts';
import { upstreamNames, type KnownAddresses } from './upstream-names.ts';

/**
 * One configuration at work: its logs, its engine, its connections. New connections come from the sockets while it is
 * attached; a reload attaches another generation and drains this one.
 */
export class Generation {
  readonly settings: ProcessSettings;
  readonly log: ErrorLogger;
  readonly #errorLogs: ErrorLogs;
  readonly #accessLogs: AccessLogs;
  readonly #tlsServers: ReadonlyArray<TlsServer | VariableTlsServer | null>;
  readonly #worker: Worker;
  readonly #closeResolvers: () => void;
  readonly #stopNames: () => void;
  readonly #serial: Serial;
  readonly #zones: CacheZones;
  readonly #caches: ReadonlyMap<string, CacheZone>;

  /**
   * Opens logs and directories and reads certificates.
   *
   * @throws an Error with nginx's message
   */
  constructor({ plan, settings, fallback, shared, files }: GenerationParts) {
    this.settings = settings;
    this.#serial = shared.serial;
    this.#zones = shared.caches;
    for (const path of settings.tempPaths) makeDirectory(path, settings.runAs);
    this.#errorLogs = new ErrorLogs(process.pid);
    this.log = this.#errorLogs.logger(settings.errorLog.length > 0 ? settings.errorLog : fallback);
    this.#accessLogs = new AccessLogs((message) => this.log.write('alert', message));
    const resolvers = createResolve((message) => this.log.write('error', message));
    this.#closeResolvers = resolvers.close;
    const tlsServices: TlsServices = {
      resolve: resolvers.resolve,
      log: (level, message) => this.log.write(level, message),
      statusCaches: shared.statusCaches,
    };
    this.#tlsServers = settings.tlsServers.map((server) => {
      if (server === null) return null;
      const tickets = ticketsOf(server, shared.tickets);
      return server.variableCertificates
        ? new VariableTlsServer(server, tickets, tlsServices)
        : new TlsServer(server, files, tickets, tlsServices);
    });
    this.#caches = shared.caches.make(plan.http?.caches ?? [], (level, message) =>
      this.log.write(level, message),
    );
    const services: Services = {
      accessLogs: this.#accessLogs,
      errorLogs: this.#errorLogs,
      errorLog: this.log,
      resolve: resolvers.resolve,
      tlsClients: new TlsClients(files),
      pid: process.pid,
      caches: this.#caches,
    };
    this.#worker = startWorker(plan, services, shared.zones);
    this.#stopNames = watchUpstreamNames(
      upstreamNames(plan, this.#worker.engine, shared.addresses),
      resolvers,
      (message) => this.log.write('error', message),
    );
  }

  /** Takes the new connections of its sockets, which are open. */
  attach(sockets: ListeningSockets): void {
    this.#zones.tend(this.#caches, (level, message) => this.log.write(level, message));
    const { engine } = this.#worker;
    for (const settings of this.settings.sockets) {
      const socket = sockets.get(settings.address.text);
      if (socket === undefined) throw new Error(`${settings.address.text} is not open`);
      socket.onFailure = (code) => {
        const { level, message } = acceptFailure(code);
        this.log.write(level, message);
      };
      socket.onConnection = createAcceptor(settings, {
        selectListen: ({ address }) => engine.selectListen(settings.listen, address),
        tlsServer: (connection, name) => this.#tlsServer(connection, name),
        nextSerial: () => this.#serial.next(),
        log: (level, message, connection) => this.log.write(level, message, connection),
        hold: (client, held) => this.#worker.hold(client, held),
        setReusable: (held, reusable) => this.#worker.setReusable(held, reusable),
        release: (held) => this.#worker.release(held),
        accept: (client, connection, early, held) => this.#worker.accept(client, connection, early, held),
      });
    }
  }

  /** @throws TlsConfigurationError when certificates that depend on the connection cannot be used */
  #tlsServer(connection: Connection, name: string): TlsServer | null {
    const { engine } = this.#worker;
    // A server without a certificate of its own answers with that of the default one.
    for (const wanted of [name, '']) {
      const index = engine.serverForName(connection.listen, wanted);
      const server = this.#tlsServers[index] ?? null;
      if (server instanceof VariableTlsServer)
        return server.with(engine.certificates(index, connection, name));
      if (server !== null) return server;
    }
    return null;
  }

  /** Lets what is under way end, within `worker_shutdown_timeout`, then closes the logs. */
  async drain(): Promise<void> {
    await new Promise<void>((done) => this.#worker.drain(this.settings.shutdownTimeout, done));
    await this.#close();
  }

  /** Ends everything now. Access logs are written out. */
  async terminate(): Promise<void> {
    this.#worker.terminate();
    await this.#close();
  }

  /** Gives up a generation that never served. */
  async discard(): Promise<void> {
    await this.terminate();
  }

  reopenLogs(): void {
    for (const failure of this.#errorLogs.reopen()) this.log.write('emerg', failure);
    this.#accessLogs.reopen();
  }

  async #close(): Promise<void> {
    this.#stopNames();
    for (const server of this.#tlsServers) server?.close();
    this.#closeResolvers();
    await this.#accessLogs.close();
  }

  /** The error log outlives the rest: the end of a generation is told in it. */
  async closeErrorLog(): Promise<void> {
    await this.#errorLogs.close();
  }
}

/** What a generation is made of. */
export interface GenerationParts {
  readonly plan: Plan;
  readonly settings: ProcessSettings;
  /** Where errors go when the plan names no error log. */
  readonly fallback: readonly ErrorLogTarget[];
  /** What the generations of a process have in common. */
  readonly shared: Shared;
  /** Certificates and keys; those that were read already are not read again. */
  readonly files: CredentialFiles;
}

/** What outlives a generation. */
export interface Shared {
  readonly serial: Serial;
  readonly addresses: KnownAddresses;
  readonly zones: ZoneStore;
  /** What the ticket keys of all servers are made from. */
  readonly tickets: TicketSecret;
  readonly caches: CacheZones;
  readonly statusCaches: StatusCaches;
}

/** Counts connections: `$connection` and the `*N` of error logs. */
export class Serial {
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}

/** A ticket of one server is none for another that asks something else of its clients. */
function ticketsOf(settings: TlsServerSettings, { secret, since }: TicketSecret): TicketSecret {
  return { secret: createHmac('sha384', secret).update(JSON.stringify(settings)).digest(), since };
}

/** For whoever the workers are going to be (ngx_create_paths); what is around a folder that a configuration names has to be there. */
function makeDirectory(path: string, owner: RunAs | null): void {
  try {
    mkdirSync(path, { mode: 0o700, recursive: path.startsWith(ownFolder()) });
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'EEXIST') throw new Error(`mkdir() "${path}" failed ${errnoText(code)}`, { cause: error });
  }
  try {
    if (owner !== null && canChangeUser()) chownTo(path, owner);
  } catch (error) {
    throw new Error(`chown("${path}") failed ${errnoText(errnoOf(error))}`, { cause: error });
  }
}
