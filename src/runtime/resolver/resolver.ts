import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import { inOrder, nothing, rotated, serviceKey } from './entry.ts';
import type { Answer, Entry, Question, Waiter } from './entry.ts';
import { errorCodes, errorTexts, timedOut } from './errors.ts';
import { decodeAnswer, encodeQuery, recordTypes, type DnsAnswer, type DnsRecord } from './message.ts';
import { NameServer, type NameServerAddress } from './name-server.ts';

/** A `resolver` directive. */
export interface ResolverSettings {
  readonly servers: readonly NameServerAddress[];
  /** `valid=` in seconds: replaces the answers' TTL; null = not set. */
  readonly valid: number | null;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

/** Called once. `error` is '' or nginx's text; `validFor` says for how many seconds the answer holds. */
export type Resolved = (error: string, addresses: readonly string[], validFor: number) => void;

/** Starts a resolution; the function it returns gives it up. */
export type ResolveHost = (
  resolver: ResolverSettings,
  name: string,
  timeout: number,
  done: Resolved,
) => () => void;

/** Milliseconds until a query goes to the next server (ngx_resolver.c, resend_timeout). */
const resendAfter = 5_000;
/** Seconds that a cached name is kept unused (ngx_resolver.c, expire). */
const keepUnused = 30;
/** Seconds that a failure tells to be valid. */
const failureValid = 10;
const maxCnames = 50;

const seconds = (): number => Math.floor(performance.now() / 1000);

/**
 * A stub resolver with nginx's behaviour (ngx_resolver.c): names are asked for once however many wait, A and AAAA
 * together, servers take turns, a silent server is passed over after five seconds, truncated answers are asked for
 * again over TCP, answers are kept for their TTL, failures are not kept.
 */
export class Resolver {
  readonly #settings: ResolverSettings;
  readonly #servers: readonly NameServer[];
  readonly #report: (message: string) => void;
  readonly #entries = new Map<string, Entry>();
  #next = 0;

  /** @param report takes messages of level error about bad answers */
  constructor(settings: ResolverSettings, report: (message: string) => void) {
    this.#settings = settings;
    this.#report = report;
    this.#servers = settings.servers.map(
      (address) =>
        new NameServer(
          address,
          (message) => this.#received(message),
          (text) => report(`${text} while resolving, resolver: ${address.address}:${address.port}`),
        ),
    );
  }

  /**
   * Finds the addresses of `name`; `done` may be called before this returns (addresses, cached names).
   *
   * @param timeout milliseconds; 0 = none
   */
  resolve(name: string, timeout: number, done: Resolved): () => void {
    const literal = name.replace(/^\[(.*)\]$/, '$1');
    if (isIP(literal) !== 0) {
      done('', [literal], Infinity);
      return () => {};
    }
    this.#expire();
    return this.#ask(name, false, timeout, (error, { addresses }, validFor) =>
      done(error, addresses, validFor),
    );
  }

  /** Finds the SRV records of `name`, by priority; otherwise like {@link resolve}. */
  resolveService(
    name: string,
    timeout: number,
    done: (error: string, services: readonly DnsRecord[], validFor: number) => void,
  ): () => void {
    this.#expire();
    return this.#ask(name, true, timeout, (error, { services }, validFor) => done(error, services, validFor));
  }

  /** Seconds that a failure holds. */
  get failureValid(): number {
    return this.#settings.valid ?? failureValid;
  }

  #ask(name: string, service: boolean, timeout: number, done: Waiter['done']): () => void {
    const waiter: Waiter = { done, service, timer: null, cnames: 0, entry: null };
    this.#wait(waiter, name.toLowerCase().replace(/\.$/, ''));
    if (waiter.entry !== null && timeout > 0) {
      waiter.timer = setTimeout(() => this.#finish(waiter, timedOut, nothing, failureValid), timeout);
    }
    return () => this.#leave(waiter);
  }

  close(): void {
    for (const entry of this.#entries.values()) if (entry.resend !== null) clearTimeout(entry.resend);
    this.#entries.clear();
    for (const server of this.#servers) server.close();
  }

  #wait(waiter: Waiter, name: string): void {
    const now = seconds();
    let entry = this.#entries.get(waiter.service ? serviceKey(name) : name);
    if (entry !== undefined && entry.validUntil >= now) {
      entry.usedAt = now;
      if (entry.cname !== null) this.#follow(waiter, entry.cname);
      else this.#finish(waiter, '', rotated(entry), entry.validUntil - now);
      return;
    }
    if (entry === undefined || entry.waiters.size === 0) {
      const fresh = this.#query(name, waiter.service);
      if (fresh === null) {
        this.#finish(waiter, errorTexts[errorCodes.hostNotFound]!, nothing, failureValid);
        return;
      }
      entry = fresh;
    }
    waiter.entry = entry;
    entry.waiters.add(waiter);
  }

  #follow(waiter: Waiter, cname: string): void {
    waiter.cnames += 1;
    if (waiter.cnames > maxCnames)
      this.#finish(waiter, errorTexts[errorCodes.hostNotFound]!, nothing, failureValid);
    else this.#wait(waiter, cname.toLowerCase());
  }

  #finish(waiter: Waiter, error: string, answer: Answer, validFor: number): void {
    this.#leave(waiter);
    waiter.done(error, answer, validFor);
  }

  #leave(waiter: Waiter): void {
    if (waiter.timer !== null) clearTimeout(waiter.timer);
    waiter.timer = null;
    waiter.entry?.waiters.delete(waiter);
    waiter.entry = null;
  }

  /** Starts asking for a name; null when it cannot be asked for. */
  #query(name: string, service: boolean): Entry | null {
    const types = service
      ? [recordTypes.SRV]
      : [...(this.#settings.ipv4 ? [recordTypes.A] : []), ...(this.#settings.ipv6 ? [recordTypes.AAAA] : [])];
    const key = service ? serviceKey(name) : name;
    const questions: Question[] = [];
    for (const type of types) {
      const id = randomInt(0x10000);
      const query = encodeQuery(id, name, type);
      if (query === null) return null;
      questions.push({ id, type, query, overTcp: false, addresses: null, services: [] });
    }
    const old = this.#entries.get(key);
    if (old?.resend != null) clearTimeout(old.resend);
    const entry: Entry = {
      key,
      name,
      questions,
      server: this.#next,
      waiters: new Set(),
      resend: null,
      code: 0,
      ttl: Infinity,
      cname: null,
      validUntil: -1,
      usedAt: seconds(),
    };
    this.#next = (this.#next + 1) % this.#servers.length;
    this.#entries.set(key, entry);
    this.#send(entry);
    return entry;
  }

  #send(entry: Entry): void {
    const server = this.#servers[entry.server]!;
    for (const question of entry.questions) {
      if (question.addresses !== null) continue;
      if (question.overTcp) server.sendTcp(question.query);
      else server.sendUdp(question.query);
    }
    entry.resend = setTimeout(() => {
      if (entry.waiters.size === 0) {
        this.#forget(entry);
        return;
      }
      entry.server = (entry.server + 1) % this.#servers.length;
      this.#send(entry);
    }, resendAfter);
    entry.resend.unref();
  }

  #forget(entry: Entry): void {
    if (entry.resend !== null) clearTimeout(entry.resend);
    entry.resend = null;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #received(message: Buffer): void {
    const answer = decodeAnswer(message);
    if (answer === null) {
      this.#report('short DNS response');
      return;
    }
    const { code, id, question: asked } = answer;
    if (code === errorCodes.formatError || code > errorCodes.operationRefused) {
      this.#report(`DNS error (${code}: ${errorTexts[code] ?? 'Unknown error'}), query id:${id}`);
      return;
    }
    const name = asked?.name ?? '';
    const entry = this.#entries.get(asked?.type === recordTypes.SRV ? serviceKey(name) : name);
    const question = entry?.questions.find(({ type }) => type === asked?.type);
    if (entry === undefined || question === undefined || question.addresses !== null) {
      this.#report(`unexpected DNS response for ${asked?.name ?? ''}`);
    } else if (question.id !== id) {
      this.#report(`wrong ident ${id} in DNS response for ${entry.name}, expect ${question.id}`);
    } else if (entry.validUntil === -1) {
      this.#answered(entry, question, answer);
    }
  }

  #answered(entry: Entry, question: Question, answer: DnsAnswer): void {
    if (answer.truncated) {
      if (question.overTcp) return;
      question.overTcp = true;
      this.#servers[entry.server]!.sendTcp(question.query);
      return;
    }
    entry.code ||= answer.code;
    const records = entry.code === 0 ? answer.answers : [];
    const answers = records.filter(({ type }) => type === question.type);
    question.addresses = answers.map(({ value }) => value!);
    if (question.type === recordTypes.SRV)
      question.services = answers.toSorted((one, two) => one.priority - two.priority);
    for (const { ttl } of records) entry.ttl = Math.min(entry.ttl, ttl);
    if (entry.questions.some(({ addresses }) => addresses === null)) return;
    // All answers are there. The one that came last says what a name without addresses is.
    const cname = records.findLast(({ type }) => type === recordTypes.CNAME)?.value ?? null;
    const found = entry.questions.some(({ addresses }) => addresses!.length > 0);
    if (entry.code !== 0) this.#failed(entry, errorTexts[entry.code]!);
    else if (found) this.#settle(entry, null);
    else if (cname !== null) this.#settle(entry, cname);
    else if (records.length === 0) this.#failed(entry, errorTexts[errorCodes.hostNotFound]!);
    else this.#report('no A or CNAME types in DNS response');
  }

  /** The name has addresses, or (with `cname`) is another one: those who wait go on. */
  #settle(entry: Entry, cname: string | null): void {
    const now = seconds();
    if (entry.resend !== null) clearTimeout(entry.resend);
    entry.resend = null;
    entry.cname = cname;
    entry.usedAt = now;
    entry.validUntil = now + (this.#settings.valid ?? entry.ttl);
    const waiters = [...entry.waiters];
    entry.waiters.clear();
    for (const waiter of waiters) {
      waiter.entry = null;
      if (cname !== null) this.#follow(waiter, cname);
      else this.#finish(waiter, '', inOrder(entry), entry.validUntil - now);
    }
  }

  #failed(entry: Entry, error: string): void {
    this.#forget(entry);
    const waiters = [...entry.waiters];
    entry.waiters.clear();
    const validFor = this.failureValid;
    for (const waiter of waiters) this.#finish(waiter, error, nothing, validFor);
  }

  /** Forgets a few of the names that nobody asked for lately; the oldest come first. */
  #expire(): void {
    const limit = seconds() - keepUnused;
    let looked = 0;
    for (const entry of this.#entries.values()) {
      if (++looked > 2) return;
      if (entry.waiters.size === 0 && entry.usedAt < limit && entry.validUntil < seconds()) {
        this.#forget(entry);
      }
    }
  }
}
