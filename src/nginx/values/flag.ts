/** `on` or `off` in whatever case, and null for anything else: ngx_conf_set_flag_slot in src/core/ngx_conf_file.c. */
export function parseFlag(text: string): boolean | null {
  const folded = text.toLowerCase();
  return folded === 'on' ? true : folded === 'off' ? false : null;
}

/** Whether a directive that takes a flag is there and says `on`. */
export function isOn(directive: { readonly values: readonly string[] } | undefined): boolean {
  return parseFlag(directive?.values[0] ?? '') === true;
}

/** Whether a directive that takes a flag is there and says `off`. */
export function isOff(directive: { readonly values: readonly string[] } | undefined): boolean {
  return parseFlag(directive?.values[0] ?? '') === false;
}
