import { monthNames, twoDigits } from '../algorithms/calendar.ts';

function offset(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset();
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(absolute / 60))}${separator}${twoDigits(absolute % 60)}`;
}

const clock = (date: Date): string =>
  `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;

/** `22/Nov/2026:16:00:00 +0000` (`$time_local`). */
export function localTime(now: number): string {
  const date = new Date(now);
  return `${twoDigits(date.getDate())}/${monthNames[date.getMonth()]}/${date.getFullYear()}:${clock(date)} ${offset(date, '')}`;
}

/** `2026-11-22T16:00:00+00:00` (`$time_iso8601`). */
export function isoTime(now: number): string {
  const date = new Date(now);
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}T${clock(date)}${offset(date, ':')}`;
}

/** Keeps what `print` gave for a second as long as it lasts, as nginx does (ngx_time_update). */
export function perSecond(print: (now: number) => string): (now: number) => string {
  let second = -1;
  let text = '';
  return (now) => {
    const current = Math.floor(now / 1000);
    if (current !== second) {
      second = current;
      text = print(now);
    }
    return text;
  };
}

/** Milliseconds as seconds with three decimals (`$request_time`, `$msec`). */
export function seconds(milliseconds: number): string {
  const whole = Math.max(Math.floor(milliseconds), 0);
  return `${Math.floor(whole / 1000)}.${String(whole % 1000).padStart(3, '0')}`;
}
