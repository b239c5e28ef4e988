/** nginx's status lines and error pages (ngx_http_header_filter_module.c, ngx_http_special_response.c). */

const lines: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Time-out',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
};

/** Whether the nginx that is followed is `version` or newer. */
type Since = (version: string) => boolean;

/** Codes that have had texts and pages only since a version. */
const newer: Readonly<Record<number, string>> = { 407: '1.31.0' };

function isKnown(status: number, since: Since): boolean {
  const version = newer[status];
  return version === undefined || since(version);
}

/** `404 Not Found`; a code without a text of its own is followed by a space as nginx writes it. */
export function statusText(status: number, since: Since): string {
  const text = status >= 200 && isKnown(status, since) ? lines[status] : undefined;
  return text === undefined ? `${String(status).padStart(3, '0')} ` : `${status} ${text}`;
}

/** Titles of the built-in pages; codes without one are answered without a body. */
const titles: Readonly<Record<number, string>> = {
  301: '301 Moved Permanently',
  302: '302 Found',
  303: '303 See Other',
  307: '307 Temporary Redirect',
  308: '308 Permanent Redirect',
  400: '400 Bad Request',
  401: '401 Authorization Required',
  402: '402 Payment Required',
  403: '403 Forbidden',
  404: '404 Not Found',
  405: '405 Not Allowed',
  406: '406 Not Acceptable',
  407: '407 Proxy Authentication Required',
  408: '408 Request Time-out',
  409: '409 Conflict',
  410: '410 Gone',
  411: '411 Length Required',
  412: '412 Precondition Failed',
  413: '413 Request Entity Too Large',
  414: '414 Request-URI Too Large',
  415: '415 Unsupported Media Type',
  416: '416 Requested Range Not Satisfiable',
  421: '421 Misdirected Request',
  429: '429 Too Many Requests',
  500: '500 Internal Server Error',
  501: '501 Not Implemented',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
  505: '505 HTTP Version Not Supported',
  507: '507 Insufficient Storage',
};

/** nginx's own codes: what the page says and which text it has. */
const special: Readonly<Record<number, readonly [title: string, heading: string, text: string]>> = {
  494: ['400 Request Header Or Cookie Too Large', '400 Bad Request', 'Request Header Or Cookie Too Large'],
  495: ['400 The SSL certificate error', '400 Bad Request', 'The SSL certificate error'],
  496: [
    '400 No required SSL certificate was sent',
    '400 Bad Request',
    'No required SSL certificate was sent',
  ],
  497: [
    '400 The plain HTTP request was sent to HTTPS port',
    '400 Bad Request',
    'The plain HTTP request was sent to HTTPS port',
  ],
};

/** The built-in page of an error, '' when it has none. `server` is the text of its last line, e.g. `nginx/1.22.1`. */
export function errorPageBody(status: number, server: string, since: Since): string {
  const own = special[status];
  const tail = `<hr><center>${server}</center>\r\n</body>\r\n</html>\r\n`;
  if (own !== undefined) {
    const [title, heading, text] = own;
    return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n<center>${text}</center>\r\n${tail}`;
  }
  const title = titles[status];
  if (title === undefined || !isKnown(status, since)) return '';
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n${tail}`;
}
