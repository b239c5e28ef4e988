import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { HttpPlan } from '../../3-plan/schema.ts';
import { monthNames, twoDigits } from '../../engine/algorithms/calendar.ts';
import { withoutLookup } from '../without-lookup.ts';

/**
 * A `syslog:` destination of `error_log` or `access_log` (ngx_syslog.c). For error logs the level of each message is used
 * instead of its severity.
 */
export type SyslogTarget = Readonly<NonNullable<HttpPlan['accessLogs'][number]['syslog']>>;

/** One RFC 3164 frame: `<190>Feb  5 17:43:22 host tag: text`. */
export function syslogFrame(
  target: SyslogTarget,
  severity: number,
  now: Date,
  hostname: string,
  text: string,
): string {
  const day = String(now.getDate()).padStart(2, ' ');
  const time = `${twoDigits(now.getHours())}:${twoDigits(now.getMinutes())}:${twoDigits(now.getSeconds())}`;
  const host = target.noHostname ? '' : `${hostname} `;
  return `<${target.facility * 8 + severity}>${monthNames[now.getMonth()]} ${day} ${time} ${host}${target.tag}: ${text}`;
}

/** Sends frames to one syslog server over UDP. What cannot be sent is reported once per failure and dropped. */
export class SyslogPeer {
  readonly target: SyslogTarget;
  readonly #hostname: string;
  readonly #report: (message: string) => void;
  #socket: Socket | null = null;
  #unsent = 0;
  #whenSent: (() => void) | null = null;

  /** @throws an Error for a unix socket */
  constructor(target: SyslogTarget, hostname: string, report: (message: string) => void) {
    // Node has no unix datagram sockets. Said when the log is opened, not dropped message by message.
    if (target.address.startsWith('unix:')) {
      throw new Error(`syslog server "${target.address}" is not supported: use a UDP address`);
    }
    this.target = target;
    this.#hostname = hostname;
    this.#report = report;
  }

  send(severity: number, text: string): void {
    const frame = syslogFrame(this.target, severity, new Date(), this.#hostname, text);
    this.#unsent += 1;
    this.#open().send(Buffer.from(frame, 'latin1'), this.target.port, this.target.address, (error) => {
      this.#unsent -= 1;
      if (error !== null) this.#report('send() to syslog failed');
      if (this.#unsent === 0) this.#whenSent?.();
    });
  }

  /** Closes the socket once what was handed to {@link send} has left. */
  async close(): Promise<void> {
    if (this.#unsent > 0) await new Promise<void>((resolve) => (this.#whenSent = resolve));
    this.#socket?.close();
    this.#socket = null;
  }

  #open(): Socket {
    if (this.#socket === null) {
      const socket = createSocket({
        type: isIPv6(this.target.address) ? 'udp6' : 'udp4',
        ...withoutLookup(this.target.address),
      });
      socket.unref();
      socket.on('error', () => this.#report('send() to syslog failed'));
      this.#socket = socket;
    }
    return this.#socket;
  }
}
