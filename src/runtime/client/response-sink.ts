/** Where a response's body goes: the client, a parent request's body, or nowhere. */
export interface ResponseSink {
  /** Latin1 text. @returns false when no more should come before `whenReady` calls back */
  text(data: string): boolean;
  /** Bytes that may change after the call. Returns as `text` does. */
  bytes(data: Buffer, start: number, end: number): boolean;
  /** Sends what is held back to fill packets. */
  flush(): void;
  /** Calls back once, when more can come; at once if it can now. */
  whenReady(callback: () => void): void;
}

/** For subrequests whose output nobody wants (auth_request, mirror). */
export const discardingSink: ResponseSink = {
  text: () => true,
  bytes: () => true,
  flush: () => undefined,
  whenReady: (callback) => callback(),
};

/** Keeps what is sent (`include … set` of SSI), up to `subrequest_output_buffer_size`. */
export class CapturingSink implements ResponseSink {
  output = '';
  /** More came than may be kept. */
  overflown = false;
  readonly #limit: () => number;

  /** @param limit bytes; asked with each piece, since a redirect changes it */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  text(data: string): boolean {
    if (this.output.length + data.length > this.#limit()) this.overflown = true;
    else this.output += data;
    return true;
  }

  bytes(data: Buffer, start: number, end: number): boolean {
    return this.text(data.toString('latin1', start, end));
  }

  flush(): void {}

  whenReady(callback: () => void): void {
    callback();
  }
}

/** How much a subrequest may send before its turn. */
const postponed = 65_536;

/** Holds the output of a subrequest until what stands before it has been sent (ngx_http_postpone_filter). */
export class PostponedSink implements ResponseSink {
  #target: ResponseSink | null = null;
  #held = '';
  #waiter: (() => void) | null = null;

  /** Its turn has come: what it held goes to `target`, and the rest as it comes. */
  attach(target: ResponseSink): void {
    this.#target = target;
    const held = this.#held;
    this.#held = '';
    target.text(held);
    const waiter = this.#waiter;
    this.#waiter = null;
    if (waiter !== null) target.whenReady(waiter);
  }

  text(data: string): boolean {
    if (this.#target !== null) return this.#target.text(data);
    this.#held += data;
    return this.#held.length < postponed;
  }

  bytes(data: Buffer, start: number, end: number): boolean {
    if (this.#target !== null) return this.#target.bytes(data, start, end);
    return this.text(data.toString('latin1', start, end));
  }

  flush(): void {
    this.#target?.flush();
  }

  whenReady(callback: () => void): void {
    if (this.#target !== null) this.#target.whenReady(callback);
    else if (this.#held.length < postponed) callback();
    else this.#waiter = callback;
  }
}
