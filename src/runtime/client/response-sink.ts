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

/** Keeps what is sent (`include … set` of SSI). */
export class CapturingSink implements ResponseSink {
  output = '';

  text(data: string): boolean {
    this.output += data;
    return true;
  }

  bytes(data: Buffer, start: number, end: number): boolean {
    this.output += data.toString('latin1', start, end);
    return true;
  }

  flush(): void {}

  whenReady(callback: () => void): void {
    callback();
  }
}
