/** What signals ask for, in nginx's words (ngx_process.c). */
export interface SignalHandlers {
  /** TERM, INT. */
  stop(): void;
  /** QUIT. */
  quit(): void;
  /** HUP. */
  reload(): void;
  /** USR1. */
  reopen(): void;
  /** WINCH: stop serving, keep the process. */
  pause(): void;
  /** Takes a notice for every signal. */
  log(message: string): void;
}

const actions: ReadonlyArray<
  readonly [
    signal: NodeJS.Signals,
    number: number,
    /** null: there is nothing to do but to go on, which is not what the system would do. */
    action: Exclude<keyof SignalHandlers, 'log'> | null,
    text: string,
  ]
> = [
  ['SIGTERM', 15, 'stop', ', exiting'],
  ['SIGINT', 2, 'stop', ', exiting'],
  ['SIGQUIT', 3, 'quit', ', shutting down'],
  ['SIGHUP', 1, 'reload', ', reconfiguring'],
  ['SIGUSR1', 10, 'reopen', ', reopening logs'],
  ['SIGWINCH', 28, 'pause', ''],
  // nginx starts another executable that gets the sockets; see docs/running.md.
  ['SIGUSR2', 12, null, ', ignoring'],
];

/** Starts listening to signals; the returned function stops it. Node does not tell who sent a signal. */
export function onSignals(handlers: SignalHandlers): () => void {
  const listeners = actions.map(([signal, number, action, text]) => {
    const listener = (): void => {
      handlers.log(`signal ${number} (${signal}) received${text}`);
      if (action !== null) handlers[action]();
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}
