/** Cases that we judge otherwise on purpose, with the reason; see docs/nginx-differences.md. */
export const knownDifferences: Readonly<Record<string, string>> = {};
