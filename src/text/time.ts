const maxInt = 2 ** 63;

/** Units in the only order that nginx takes them, with their seconds; `ms` is last. */
const units: readonly { readonly name: string; readonly seconds: number }[] = [
  { name: 'y', seconds: 31_536_000 },
  { name: 'M', seconds: 2_592_000 },
  { name: 'w', seconds: 604_800 },
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'm', seconds: 60 },
  { name: 's', seconds: 1 },
  { name: 'ms', seconds: 0.001 },
];
const month = 1;
const second = 6;
const millisecond = 7;

const part = /(\d*)(ms|[yMwdhms ])( *)/y;
const rest = /(\d*)$/y;

/**
 * ngx_parse_time: `1d 12h`, `30`, `500ms`. The answer is in seconds, or in milliseconds when `milliseconds` is set
 * (years and months are then no units, `ms` is one). A number without unit is in seconds. Null when it is no time.
 */
function parseTime(text: string, milliseconds: boolean): number | null {
  let step = milliseconds ? month : -1;
  let total = 0;
  let valid = false;
  let at = 0;
  for (;;) {
    part.lastIndex = at;
    const match = part.exec(text);
    if (match === null) break;
    const [whole, digits, name] = match as unknown as [string, string, string];
    if (digits !== '') valid = true;
    if (name === ' ') {
      if (step >= second) return null;
      step = units.length;
      total += Number(digits) * (milliseconds ? 1000 : 1);
    } else {
      const index = units.findIndex((unit) => unit.name === name);
      if (step >= index || (index === millisecond && !milliseconds)) return null;
      step = index;
      total +=
        index === millisecond
          ? Number(digits)
          : Number(digits) * units[index]!.seconds * (milliseconds ? 1000 : 1);
    }
    if (total >= maxInt) return null;
    at += whole.length;
  }
  rest.lastIndex = at;
  const last = rest.exec(text);
  if (last === null) return null;
  if (last[1] !== '') valid = true;
  total += Number(last[1]) * (milliseconds ? 1000 : 1);
  return valid && total < maxInt ? total : null;
}

/** A time in whole seconds; null where nginx says "invalid value". */
export function parseSeconds(text: string): number | null {
  return parseTime(text, false);
}

/** A time in milliseconds; null where nginx says "invalid value". */
export function parseMilliseconds(text: string): number | null {
  return parseTime(text, true);
}
