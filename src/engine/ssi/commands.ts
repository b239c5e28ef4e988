/** What a command takes, and where it may stand. */
export interface SsiCommand {
  /** Names of its parameters; those with `true` must be there. */
  readonly parameters: Readonly<Record<string, boolean>>;
  /** Belongs to an `if`: `branch` must come before an `else`, `end` anywhere in it. */
  readonly conditional: 'no' | 'branch' | 'end';
  /** Is obeyed inside a block. */
  readonly endsBlock: boolean;
}

const plain = { conditional: 'no', endsBlock: false } as const;

export const ssiCommands: Readonly<Record<string, SsiCommand>> = {
  include: {
    parameters: { virtual: false, file: false, wait: false, set: false, stub: false },
    ...plain,
  },
  echo: { parameters: { var: true, default: false, encoding: false }, ...plain },
  config: { parameters: { timefmt: false, errmsg: false }, ...plain },
  set: { parameters: { var: true, value: true }, ...plain },
  if: { parameters: { expr: true }, ...plain },
  elif: { parameters: { expr: true }, conditional: 'branch', endsBlock: false },
  else: { parameters: {}, conditional: 'branch', endsBlock: false },
  endif: { parameters: {}, conditional: 'end', endsBlock: false },
  block: { parameters: { name: true }, ...plain },
  endblock: { parameters: {}, conditional: 'no', endsBlock: true },
};

const maxParameters = 16;

/** The parameters of a command by name, or what is wrong with them. */
export function checkParameters(
  name: string,
  command: SsiCommand,
  given: readonly (readonly [string, string])[],
): { readonly values: ReadonlyMap<string, string> } | { readonly error: string } {
  if (given.length > maxParameters) return { error: `too many SSI command parameters: "${name}"` };
  const values = new Map<string, string>();
  for (const [key, value] of given) {
    if (!Object.hasOwn(command.parameters, key))
      return { error: `invalid parameter name: "${key}" in "${name}" SSI command` };
    if (values.has(key)) return { error: `duplicate "${key}" parameter in "${name}" SSI command` };
    values.set(key, value);
  }
  for (const [key, mandatory] of Object.entries(command.parameters))
    if (mandatory && !values.has(key))
      return { error: `mandatory "${key}" parameter is absent in "${name}" SSI command` };
  return { values };
}
