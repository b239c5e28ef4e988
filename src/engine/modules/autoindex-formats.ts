import type { ModuleSettings } from '../../3-plan/schema.ts';
import { escapeUri } from '../algorithms/escape-uri.ts';
import { printHttpDate } from '../algorithms/http-date.ts';
import type { Request } from '../request.ts';
import type { ListedFile } from './autoindex.ts';

type Settings = ModuleSettings<'index'>;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');
const nameLength = 50;

/** The page of a directory in one of nginx's formats. */
export function formatListing(
  request: Request,
  settings: Settings,
  entries: readonly ListedFile[],
): { type: string; body: string } {
  switch (settings.autoindex_format) {
    case 'json':
      return { type: 'application/json', body: json(entries) };
    case 'jsonp': {
      const callback = /(?:^|&)callback=([A-Za-z0-9_.$[\]]+)/.exec(request.args)?.[1];
      const body =
        callback === undefined ? json(entries) : `/* callback */\r\n${callback}(${json(entries)});`;
      return { type: 'application/javascript', body };
    }
    case 'xml':
      return { type: 'text/xml', body: xml(entries) };
    default:
      return { type: 'text/html', body: html(request, settings, entries) };
  }
}

const escapeHtml = (text: string): string =>
  text.replace(/[<>&"]/g, (char) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[char]!);

function html(request: Request, settings: Settings, entries: readonly ListedFile[]): string {
  const title = escapeHtml(request.uri);
  let body = `<html>\r\n<head><title>Index of ${title}</title></head>\r\n<body>\r\n<h1>Index of ${title}</h1><hr><pre><a href="../">../</a>\r\n`;
  for (const { name, stat } of entries) {
    const directory = stat.kind === 'directory';
    const slash = directory ? '/' : '';
    const length = decodedLength(name) + slash.length;
    const shown =
      length > nameLength ? `${escapeHtml(name.slice(0, nameLength - 3))}..&gt;` : escapeHtml(name + slash);
    const gap = ' '.repeat(Math.max(nameLength - length, 0));
    const colon = escapeUri(name, 'uri-component');
    body += `<a href="${colon}${slash}">${shown}</a>${gap} ${localDate(settings, stat.mtime)} ${size(settings, stat)}\r\n`;
  }
  return `${body}</pre><hr></body>\r\n</html>\r\n`;
}

function decodedLength(name: string): number {
  return Buffer.from(name, 'latin1').toString('utf8').length;
}

function localDate(settings: Settings, mtime: number): string {
  const date = new Date(mtime * 1000);
  if (settings.autoindex_localtime)
    return `${two(date.getDate())}-${months[date.getMonth()]}-${date.getFullYear()} ${two(date.getHours())}:${two(date.getMinutes())}`;
  return `${two(date.getUTCDate())}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

function size(settings: Settings, stat: ListedFile['stat']): string {
  if (settings.autoindex_exact_size)
    return (stat.kind === 'directory' ? '-' : String(stat.size)).padStart(19);
  if (stat.kind === 'directory') return '     -';
  const units: [number, string][] = [
    [1024 ** 3, 'G'],
    [1024 ** 2, 'M'],
    [1024, 'K'],
  ];
  for (const [unit, letter] of units) {
    if (stat.size <= unit - 1 && !(letter === 'K' && stat.size > 9999)) continue;
    if (stat.size < unit) continue;
    return `${String(Math.round(stat.size / unit)).padStart(6)}${letter}`.slice(1);
  }
  return String(stat.size).padStart(6);
}

const types: Readonly<Record<string, string>> = { file: 'file', directory: 'directory', other: 'other' };

function json(entries: readonly ListedFile[]): string {
  const lines = entries.map(({ name, stat }) => {
    const sizePart = stat.kind === 'file' ? `, "size":${stat.size}` : '';
    const text = JSON.stringify(name).slice(1, -1);
    return `{ "name":"${text}", "type":"${types[stat.kind]}", "mtime":"${printHttpDate(stat.mtime)}"${sizePart} }`;
  });
  return `[\r\n${lines.join(',\r\n')}\r\n]`;
}

function xml(entries: readonly ListedFile[]): string {
  let body = '<?xml version="1.0"?>\r\n<list>\r\n';
  for (const { name, stat } of entries) {
    const time = new Date(stat.mtime * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    const sizePart = stat.kind === 'file' ? ` size="${stat.size}"` : '';
    body += `<${types[stat.kind]} mtime="${time}"${sizePart}>${escapeHtml(name)}</${types[stat.kind]}>\r\n`;
  }
  return `${body}</list>\r\n`;
}
