/** RCODEs that are told apart (RFC 1035, 4.1.1). */
export const errorCodes = { formatError: 1, hostNotFound: 3, operationRefused: 5 } as const;

/** nginx's texts by RCODE (ngx_resolver_strerror). */
export const errorTexts: Readonly<Record<number, string>> = {
  1: 'Format error',
  2: 'Server failure',
  3: 'Host not found',
  4: 'Unimplemented',
  5: 'Operation refused',
};

export const timedOut = 'Operation timed out';
/** The system's number of a timeout. */
const timeoutNumber = 110;

/** `3: Host not found`, as messages show errors: RCODE and text, or the system's number of a timeout. */
export function numberedError(error: string): string {
  const code = Object.keys(errorTexts).find((each) => errorTexts[Number(each)] === error);
  return `${code ?? timeoutNumber}: ${error}`;
}
