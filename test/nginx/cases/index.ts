import { core } from './core.ts';
import { debianModules } from './debian-modules.ts';
import { found } from './found.ts';
import { hashes } from './hashes.ts';
import { httpCore } from './http-core.ts';
import { httpModules } from './http-modules.ts';
import { httpProxy } from './http-proxy.ts';
import { httpRewrite } from './http-rewrite.ts';
import { streamMail } from './stream-mail.ts';
import { syntax } from './syntax.ts';
import { caseText } from './case.ts';
import type { CaseContext, Cases } from './case.ts';

/** Every group of hand-written cases by its name. */
export const groups: Readonly<Record<string, Cases>> = {
  syntax,
  core,
  'http-core': httpCore,
  'http-rewrite': httpRewrite,
  'http-proxy': httpProxy,
  'http-modules': httpModules,
  'stream-mail': streamMail,
  'debian-modules': debianModules,
  hashes,
  found,
};

export interface Case {
  readonly group: string;
  readonly context: CaseContext;
  readonly piece: string;
  readonly text: string;
  /** Key of its answer in `answers.json`. */
  readonly key: string;
}

/** All cases, each text once. */
export function allCases(): Case[] {
  const seen = new Map<string, Case>();
  for (const [group, cases] of Object.entries(groups))
    for (const [context, pieces] of Object.entries(cases) as [CaseContext, readonly string[]][])
      for (const piece of pieces) {
        const key = `${context}: ${piece.length > 200 ? `${piece.slice(0, 80)}… (${piece.length})` : piece}`;
        if (!seen.has(key)) seen.set(key, { group, context, piece, text: caseText(context, piece), key });
      }
  return [...seen.values()];
}
