import { parseNumber } from '../values/number.ts';
import { parseSeconds } from '../../text/time.ts';

/** `so_keepalive=` of a `listen`: `on`, `off`, or `IDLE:INTERVAL:COUNT` of which something is given (ngx_http_core_listen). */
export function isTcpKeepalive(value: string): boolean {
  if (value === 'on' || value === 'off') return true;
  const [idle = '', interval = '', ...rest] = value.split(':');
  const count = rest.join(':');
  const times = [idle, interval].map((text) => (text === '' ? 0 : parseSeconds(text)));
  const probes = count === '' ? 0 : parseNumber(count);
  return !times.includes(null) && probes !== null && (times[0] !== 0 || times[1] !== 0 || probes !== 0);
}
