import { twoDigits } from '../algorithms/calendar.ts';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const padded = (value: number): string => String(value).padStart(2, ' ');

/** The parts of a time, as `struct tm`, in GMT or local time. */
interface Broken {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly yearday: number;
  readonly zone: string;
  /** Minutes east of GMT. */
  readonly offset: number;
  readonly seconds: number;
}

function breakDown(seconds: number, gmt: boolean): Broken {
  const local = new Date(seconds * 1000);
  const offset = gmt ? 0 : -local.getTimezoneOffset();
  const date = new Date((seconds + offset * 60) * 1000);
  const year = date.getUTCFullYear();
  const names = gmt ? 'GMT' : (/\(([A-Z]+)\)$/.exec(local.toString())?.[1] ?? zoneName(local));
  return {
    year,
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    yearday: Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000),
    zone: names,
    offset,
    seconds,
  };
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}

const conversions: Readonly<Record<string, (time: Broken) => string>> = {
  a: ({ weekday }) => days[weekday]!.slice(0, 3),
  A: ({ weekday }) => days[weekday]!,
  b: ({ month }) => months[month]!.slice(0, 3),
  h: ({ month }) => months[month]!.slice(0, 3),
  B: ({ month }) => months[month]!,
  c: (time) => strftimeOf('%a %b %e %H:%M:%S %Y', time),
  C: ({ year }) => twoDigits(Math.floor(year / 100)),
  d: ({ day }) => twoDigits(day),
  D: (time) => strftimeOf('%m/%d/%y', time),
  e: ({ day }) => padded(day),
  F: (time) => strftimeOf('%Y-%m-%d', time),
  H: ({ hour }) => twoDigits(hour),
  I: ({ hour }) => twoDigits(hour % 12 || 12),
  j: ({ yearday }) => String(yearday + 1).padStart(3, '0'),
  k: ({ hour }) => padded(hour),
  l: ({ hour }) => padded(hour % 12 || 12),
  m: ({ month }) => twoDigits(month + 1),
  M: ({ minute }) => twoDigits(minute),
  n: () => '\n',
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  P: ({ hour }) => (hour < 12 ? 'am' : 'pm'),
  r: (time) => strftimeOf('%I:%M:%S %p', time),
  R: (time) => strftimeOf('%H:%M', time),
  s: ({ seconds }) => String(seconds),
  S: ({ second }) => twoDigits(second),
  t: () => '\t',
  T: (time) => strftimeOf('%H:%M:%S', time),
  u: ({ weekday }) => String(weekday || 7),
  U: ({ yearday, weekday }) => twoDigits(Math.floor((yearday + 7 - weekday) / 7)),
  w: ({ weekday }) => String(weekday),
  W: ({ yearday, weekday }) => twoDigits(Math.floor((yearday + 7 - ((weekday + 6) % 7)) / 7)),
  x: (time) => strftimeOf('%m/%d/%y', time),
  X: (time) => strftimeOf('%H:%M:%S', time),
  y: ({ year }) => twoDigits(year % 100),
  Y: ({ year }) => String(year),
  z: ({ offset }) => {
    const minutes = Math.abs(offset);
    return (offset < 0 ? '-' : '+') + twoDigits(Math.floor(minutes / 60)) + twoDigits(minutes % 60);
  },
  Z: ({ zone }) => zone,
  '%': () => '%',
};

function strftimeOf(format: string, time: Broken): string {
  return format.replace(/%([EO]?)(.)/gs, (whole, _, letter: string) => conversions[letter]?.(time) ?? whole);
}

/** strftime(3) in the C locale, for `timefmt` of SSI. */
export function strftime(format: string, seconds: number, gmt: boolean): string {
  return strftimeOf(format, breakDown(seconds, gmt));
}
