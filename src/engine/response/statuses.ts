/** Statuses whose text is a `Location`. */
export const documentRedirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** After these nginx does not trust what else comes on the connection. */
export const endsKeepalive: ReadonlySet<number> = new Set([400, 413, 414, 497, 495, 496, 500, 501]);
