import { monthNames, twoDigits } from '../algorithms/calendar.ts';
import { escapeHtml } from '../../text/escape-html.ts';
import type { ModuleSettings } from '../../3-plan/schema.ts';
import { escapeUri } from '../algorithms/escape-uri.ts';
import { printHttpDate } from '../algorithms/http-date.ts';
import type { Request } from '../request.ts';
import type { ListedFile } from './autoindex.ts';

type Settings = ModuleSettings<'index'>;

const nameLength = 50;

interface Listing {
  readonly type: string;
  readonly charset: string;
  readonly body: string;
}

/** The page of a directory in one of nginx's formats. @param callback the function that `jsonp` calls; '' makes it JSON */
export function formatListing(
  request: Request,
  settings: Settings,
  entries: readonly ListedFile[],
  callback: string,
): Listing {
  switch (settings.autoindex_format) {
    case 'json':
    case 'jsonp':
      if (callback === '') return { type: 'application/json', charset: '', body: json(entries) };
      return {
        type: 'application/javascript',
        charset: '',
        body: `/* callback */\r\n${callback}(${json(entries)});`,
      };
    case 'xml':
      return { type: 'text/xml', charset: 'utf-8', body: xml(entries) };
    default:
      return { type: 'text/html', charset: '', body: html(request, settings, entries) };
  }
}

function html(request: Request, settings: Settings, entries: readonly ListedFile[]): string {
  const title = escapeHtml(request.uri);
  const { charset } = request.location.charset;
  const utf8 = typeof charset === 'string' && charset.toLowerCase() === 'utf-8';
  let body = `<html>\r\n<head><title>Index of ${title}</title></head>\r\n<body>\r\n<h1>Index of ${title}</h1><hr><pre><a href="../">../</a>\r\n`;
  for (const { name, stat } of entries) {
    const slash = stat.kind === 'directory' ? '/' : '';
    const target = escapeUri(name, 'uri-component') + slash;
    body += `<a href="${target}">${shownName(name, slash, utf8)} ${date(settings, stat.mtime)} ${size(settings, stat)}\r\n`;
  }
  return `${body}</pre><hr></body>\r\n</html>\r\n`;
}

/** The name, the end of its link and the gap after it: 50 characters wide, longer names are cut. */
function shownName(name: string, slash: string, utf8: boolean): string {
  const characters = utf8 ? [...Buffer.from(name, 'latin1').toString('utf8')] : [...name];
  const toBytes = (text: string): string => (utf8 ? Buffer.from(text, 'utf8').toString('latin1') : text);
  if (characters.length > nameLength)
    return `${escapeHtml(toBytes(characters.slice(0, nameLength - 3).join('')))}..&gt;</a>`;
  const shownSlash = characters.length < nameLength ? slash : '';
  const gap = ' '.repeat(nameLength - characters.length - shownSlash.length);
  return `${escapeHtml(name)}${shownSlash}</a>${gap}`;
}

function date(settings: Settings, mtime: number): string {
  const time = new Date(mtime * 1000);
  if (settings.autoindex_localtime)
    return `${twoDigits(time.getDate())}-${monthNames[time.getMonth()]}-${time.getFullYear()} ${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
  return `${twoDigits(time.getUTCDate())}-${monthNames[time.getUTCMonth()]}-${time.getUTCFullYear()} ${twoDigits(time.getUTCHours())}:${twoDigits(time.getUTCMinutes())}`;
}

const units = [
  { above: 1024 ** 3 - 1, unit: 1024 ** 3, letter: 'G' },
  { above: 1024 ** 2 - 1, unit: 1024 ** 2, letter: 'M' },
  { above: 9999, unit: 1024, letter: 'K' },
] as const;

function size(settings: Settings, stat: ListedFile['stat']): string {
  const directory = stat.kind === 'directory';
  if (settings.autoindex_exact_size) return (directory ? '-' : String(stat.size)).padStart(19);
  if (directory) return '-'.padStart(7);
  const scale = units.find(({ above }) => stat.size > above);
  if (scale === undefined) return ` ${String(stat.size).padStart(6)}`;
  const whole = Math.floor(stat.size / scale.unit);
  const rounded = stat.size % scale.unit > scale.unit / 2 - 1 ? whole + 1 : whole;
  return `${String(rounded).padStart(6)}${scale.letter}`;
}

function json(entries: readonly ListedFile[]): string {
  const lines = entries.map(({ name, stat }) => {
    const sizePart = stat.kind === 'file' ? `, "size":${stat.size}` : '';
    const text = JSON.stringify(name).slice(1, -1);
    return `{ "name":"${text}", "type":"${stat.kind}", "mtime":"${printHttpDate(stat.mtime)}"${sizePart} }`;
  });
  return `[\r\n${lines.join(',\r\n')}\r\n]`;
}

function xml(entries: readonly ListedFile[]): string {
  let body = '<?xml version="1.0"?>\r\n<list>\r\n';
  for (const { name, stat } of entries) {
    const time = new Date(stat.mtime * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    const sizePart = stat.kind === 'file' ? ` size="${stat.size}"` : '';
    body += `<${stat.kind} mtime="${time}"${sizePart}>${escapeHtml(name)}</${stat.kind}>\r\n`;
  }
  return `${body}</list>\r\n`;
}
