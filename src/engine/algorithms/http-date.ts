import { monthNames, twoDigits } from './calendar.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `Sun, 22 Nov 2026 16:00:00 GMT` for seconds since the epoch (ngx_http_time). */
export function printHttpDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  const day = `${days[date.getUTCDay()]}, ${twoDigits(date.getUTCDate())} ${monthNames[date.getUTCMonth()]}`;
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${day} ${year} ${clock(date)} GMT`;
}

/** `Sun, 22-Nov-26 16:00:00 GMT`: the form of cookies up to 2038, with four digits of the year after (ngx_http_cookie_time). */
export function printCookieDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  const shown = year > 2037 ? String(year) : twoDigits(year % 100);
  return `${days[date.getUTCDay()]}, ${twoDigits(date.getUTCDate())}-${monthNames[date.getUTCMonth()]}-${shown} ${clock(date)} GMT`;
}

function clock(date: Date): string {
  return `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())}`;
}

const rfc822 = /^[^ ,]*, *(\d\d) (\w\w\w) (\d{4}) (\d\d):(\d\d):(\d\d)/;
const rfc850 = /^[^ ,]*, *(\d\d)-(\w\w\w)-(\d\d) (\d\d):(\d\d):(\d\d)/;
const asctime = /^[^ ,]* +(\w\w\w)  ?(\d\d?) (\d\d):(\d\d):(\d\d) (\d{4})/;

/** Seconds since the epoch of any of HTTP's three date forms; null when it is none (ngx_parse_http_time). */
export function parseHttpDate(text: string): number | null {
  let parts = rfc822.exec(text);
  if (parts !== null) return toSeconds(parts[1]!, parts[2]!, Number(parts[3]), parts.slice(4));
  parts = rfc850.exec(text);
  if (parts !== null) {
    const year = Number(parts[3]);
    return toSeconds(parts[1]!, parts[2]!, year + (year < 70 ? 2000 : 1900), parts.slice(4));
  }
  parts = asctime.exec(text);
  if (parts === null) return null;
  return toSeconds(parts[2]!, parts[1]!, Number(parts[6]), parts.slice(3, 6));
}

function toSeconds(dayText: string, name: string, year: number, time: readonly string[]): number | null {
  const month = monthNames.indexOf(name);
  const day = Number(dayText);
  const [hour, minute, second] = time.map(Number);
  if (month === -1 || day > monthLengths[month]! || hour! > 23 || minute! > 59 || second! > 59) return null;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 1 && day === 29 && !leap) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime() / 1000 + hour! * 3600 + minute! * 60 + second!;
}
