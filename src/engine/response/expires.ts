import type { ModuleSettings } from '../../3-plan/schema.ts';
import { parseExpires } from '../../text/expires.ts';
import { printHttpDate } from '../algorithms/http-date.ts';
import type { Request } from '../request.ts';
import { replaceHeader } from './remove-header.ts';

type Expires = NonNullable<ModuleSettings<'headers'>['expires']>;

/** ngx_http_set_expires. `text` is the value of an `expires` with variables, `now` is in milliseconds. */
export function applyExpires(request: Request, settings: Expires, text: string, now: number): void {
  const value = settings.mode === 'variable' ? parseExpires(text, settings.seconds === 1) : settings;
  // What cannot be read sets nothing.
  if ('error' in value || value.mode === 'off') return;
  const { mode, seconds } = value;
  const time = Math.floor(now / 1000);
  const add = (date: string, control: string): void => {
    replaceHeader(request, 'Expires', date);
    replaceHeader(request, 'Cache-Control', control);
  };
  if (mode === 'epoch') return add('Thu, 01 Jan 1970 00:00:01 GMT', 'no-cache');
  if (mode === 'max') return add('Thu, 31 Dec 2037 23:55:55 GMT', 'max-age=315360000');
  let expires = time + seconds;
  let age = seconds;
  if (mode === 'daily') {
    expires = nextDaily(time, seconds);
    age = expires - time;
  } else if (mode === 'modified' && request.lastModified !== -1) {
    expires = request.lastModified + seconds;
    age = expires - time;
  } else if (seconds === 0) {
    return add(printHttpDate(time), 'max-age=0');
  }
  add(printHttpDate(expires), age < 0 ? 'no-cache' : `max-age=${age}`);
}

/** The next moment of the local day that is `seconds` after midnight. */
function nextDaily(time: number, seconds: number): number {
  const day = new Date(time * 1000);
  day.setHours(0, 0, 0, 0);
  const today = day.getTime() / 1000 + seconds;
  return today > time ? today : today + 86400;
}
