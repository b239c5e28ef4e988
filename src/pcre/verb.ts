import { openLook, plainGroup, type Builder } from './builder.ts';

const verbs: Readonly<Record<string, 'argument' | 'optional'>> = {
  '': 'argument',
  MARK: 'argument',
  ACCEPT: 'optional',
  F: 'optional',
  FAIL: 'optional',
  COMMIT: 'optional',
  PRUNE: 'optional',
  SKIP: 'optional',
  THEN: 'optional',
};

interface NamedGroup {
  readonly kind: 'look' | 'atomic' | 'script run';
  readonly behind: boolean;
  readonly negative: boolean;
  readonly atomic: boolean;
}

function look(behind: boolean, negative: boolean, atomic: boolean): NamedGroup {
  return { kind: 'look', behind, negative, atomic };
}

const atomicGroup: NamedGroup = { kind: 'atomic', behind: false, negative: false, atomic: true };
/** Without UTF mode a script run is any run, so only its atomicity counts. */
const scriptRun: NamedGroup = { ...atomicGroup, kind: 'script run', atomic: false };
const atomicScriptRun: NamedGroup = { ...atomicGroup, kind: 'script run' };

const namedGroups: Readonly<Record<string, NamedGroup>> = {
  pla: look(false, false, true),
  positive_lookahead: look(false, false, true),
  nla: look(false, true, true),
  negative_lookahead: look(false, true, true),
  plb: look(true, false, true),
  positive_lookbehind: look(true, false, true),
  nlb: look(true, true, true),
  negative_lookbehind: look(true, true, true),
  napla: look(false, false, false),
  non_atomic_positive_lookahead: look(false, false, false),
  naplb: look(true, false, false),
  non_atomic_positive_lookbehind: look(true, false, false),
  atomic: atomicGroup,
  sr: scriptRun,
  script_run: scriptRun,
  asr: atomicScriptRun,
  atomic_script_run: atomicScriptRun,
};

/** Reads `(*VERB)`, `(*VERB:name)` or opens `(*pla:…)` and the like, the reader being on the `*`. */
export function openVerbOrNamedAssertion(builder: Builder, at: number, expected: Builder['expects']): void {
  const { reader } = builder;
  const next = reader.text[reader.at + 1];
  // PCRE2 leaves `(*` and `(*)` to the quantifier check, which refuses the `*`.
  if (next === undefined || next === ')') return;
  reader.at++;
  const name = reader.word(148);
  if (/[a-z]/.test(next)) return openNamedGroup(builder, at, expected, name);
  if (reader.peek() !== ':' && reader.peek() !== ')') reader.refuse(160);
  if (!Object.hasOwn(verbs, name)) reader.refuse(160);
  if (reader.peek() === ':' && reader.text[reader.at + 1] === ')') reader.at++;
  if (verbs[name] === 'argument' && reader.peek() !== ':') reader.refuse(166);
  if (reader.text[reader.at++] === ':') skipArgument(builder);
  builder.push(
    { type: 'verb', name: name === 'F' ? 'FAIL' : name === '' ? 'MARK' : name },
    name === 'ACCEPT',
  );
}

function skipArgument({ reader }: Builder): void {
  const start = reader.at;
  const end = reader.text.indexOf(')', start);
  if (end === -1) {
    reader.at = reader.text.length;
    reader.refuse(160);
  }
  reader.at = end;
  if (end - start > 255) reader.refuse(176);
  reader.at++;
}

function openNamedGroup(builder: Builder, at: number, expected: Builder['expects'], name: string): void {
  const { reader } = builder;
  if (reader.peek() !== ':' || !Object.hasOwn(namedGroups, name)) reader.refuse(195);
  const group = namedGroups[name]!;
  if (expected !== 'nothing') {
    if (group.kind !== 'look') reader.refuse(128);
    if (!group.atomic) reader.refuse(198);
  }
  reader.at++;
  if (group.kind !== 'look') return builder.open(plainGroup(group.atomic ? 'atomic' : 'plain', at));
  const { behind, negative, atomic } = group;
  openLook(builder, { behind, negative, atomic, at: behind ? reader.at - 4 : at }, expected);
}
