/** Statuses whose text is a `Location`. */
export const documentRedirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
