import { get, sameAnswers, server } from './same-answers.ts';

const head = (path: string, extra: string): string =>
  get(path, `Accept-Encoding: gzip\r\n${extra}`).replace('GET', 'HEAD');
const page = 'One two THREE, one two three; <!--#echo var="arg_x" default="d" -->.\n'.repeat(3);

// Compressed bytes depend on the zlib: heads are compared.
sameAnswers(
  'answers are compressed for the same clients',
  {
    ...server(
      `
      gzip on; gzip_min_length 10; gzip_vary on; gzip_disable msie6 ^Old; gzip_types text/css;
      location / { }
      location /any/ { alias html/; gzip_proxied any; }
      location /some/ { alias html/; gzip_proxied expired no-cache no_last_modified; expires $arg_e; }
      location /1.0/ { alias html/; gzip_http_version 1.0; }
      location /static/ { alias html/; gzip off; gzip_static on; gzip_proxied any; }
      location /always/ { alias html/; gzip off; gzip_static always; }
      location /short { return 200 short; }
      location /upstream { gzip_types *; proxy_pass http://{{BACKEND}}; }
    `,
      'types { text/html html; text/css css; image/png png; }',
    ),
    'html/a.html': page,
    'html/a.css': page,
    'html/a.png': page,
    'html/a.html.gz': 'not looked at',
  },
  {
    'a page': head('/a.html', ''),
    'a page for which gzip is the second choice': get('/a.html', 'Accept-Encoding: br, gzip;q=0.0\r\n'),
    'a style sheet': head('/a.css', ''),
    'a picture': head('/a.png', ''),
    'a short text': head('/short', ''),
    'an error page': head('/none', ''),
    'no word about codings': get('/a.html'),
    'through a proxy': head('/a.html', 'Via: x\r\n'),
    'through a proxy that is welcome': head('/any/a.html', 'Via: x\r\n'),
    'through a proxy, expired': head('/some/a.html?e=-1', 'Via: x\r\n'),
    'through a proxy, fresh': head('/some/a.html?e=max', 'Via: x\r\n'),
    'through a proxy, with a date': head('/some/a.html?e=off', 'Via: x\r\n'),
    'an old browser': head('/a.html', 'User-Agent: Older\r\n'),
    'MSIE 6': head('/a.html', 'User-Agent: Mozilla/4.0 (compatible; MSIE 6.0)\r\n'),
    'HTTP/1.0': head('/a.html', '').replace('1.1', '1.0'),
    'HTTP/1.0 where that will do': head('/1.0/a.html', '').replace('1.1', '1.0'),
    'a range': head('/a.html', 'Range: bytes=1-2\r\n'),
    'a condition': head('/a.html', 'If-None-Match: W/"5e0be100-b6"\r\n'),
    'a file that is compressed already': get('/static/a.html', 'Accept-Encoding: gzip\r\n'),
    'the same for another client': get('/static/a.html'),
    'the same for every client': get('/always/a.html'),
    'a range of it': get('/always/a.html', 'Range: bytes=1-2\r\n'),
    'none that is compressed': get('/static/a.css', 'Accept-Encoding: gzip\r\n'),
    'an answer of an upstream': head('/upstream', ''),
  },
);

sameAnswers(
  'bodies are changed alike',
  {
    ...server(
      `
      location / { }
      location /once/ { alias html/; sub_filter one 1; sub_filter "two" "$arg_x"; }
      location /every/ { alias html/; sub_filter_once off; sub_filter one 1; sub_filter 'one two' 2; sub_filter e ''; }
      location /variable/ { alias html/; sub_filter_once off; sub_filter $arg_x 1; sub_filter_last_modified on; }
      location /ssi/ { alias html/; ssi on; sub_filter_once off; sub_filter 'arg_x' 'arg_y'; }
      location /added/ { alias html/; add_before_body /short; add_after_body /b.html; }
      location /all/ { alias html/; addition_types *; add_after_body /b.html; add_before_body /none; }
      location /short { return 200 short; }
      location /upstream { sub_filter_types *; sub_filter_once off; sub_filter o 0; proxy_pass http://{{BACKEND}}; }
    `,
      'types { text/html html; text/css css; }',
    ),
    'html/a.html': page,
    'html/b.html': 'B\n',
    'html/a.css': page,
    'html/empty.html': '',
  },
  {
    'texts, once': get('/once/a.html?x=zwei'),
    'texts, everywhere': get('/every/a.html'),
    'texts of a variable': get('/variable/a.html?x=two'),
    'texts of an empty variable': get('/variable/a.html'),
    'texts before SSI': get('/ssi/a.html?y=z'),
    'nothing in other types': get('/every/a.css'),
    'nothing in an empty page': get('/every/empty.html'),
    'a head': get('/every/a.html').replace('GET', 'HEAD'),
    'a range': get('/every/a.html', 'Range: bytes=1-2\r\n'),
    'an upstream': get('/upstream'),
    'something before and after': get('/added/a.html'),
    'something before and after nothing': get('/added/empty.html'),
    'something that is not there': get('/all/a.css'),
    'nothing around an error': get('/added/none.html'),
    'the head of it': get('/added/a.html').replace('GET', 'HEAD'),
  },
);

const destination = (where: string): string => `Destination: ${where}\r\n`;
const dav = (method: string, path: string, extra = '', body = ''): string =>
  get(path, extra + (body === '' ? '' : `Content-Length: ${body.length}\r\n`)).replace('GET', method) + body;

sameAnswers(
  'files are changed alike',
  {
    ...server(`
      location / { dav_methods PUT DELETE MKCOL COPY MOVE; }
      location /full/ { dav_methods PUT; create_full_put_path on; }
      location /deep/ { dav_methods DELETE; min_delete_depth 3; }
      location /random/ { random_index on; }
    `),
    'html/a': 'a',
    'html/folder/b': 'b',
    'html/random/one': 'one',
    'html/deep/a': 'a',
  },
  {
    'a new file': dav('PUT', '/new%20file', '', 'abc'),
    // With a date, which becomes the file's: both servers write it, and not always in the same second.
    'the same again': dav('PUT', '/new%20file', 'Date: Wed, 01 Jan 2020 00:00:00 GMT\r\n', 'abcd'),
    'what it is now': get('/new%20file'),
    'a file for a folder': dav('PUT', '/folder', '', 'x'),
    'a file in no folder': dav('PUT', '/none/x', '', 'x'),
    'a file in a folder to be made': dav('PUT', '/full/x/y', '', 'x'),
    'a range': dav('PUT', '/a', 'Content-Range: bytes 0-0/1\r\n', 'x'),
    'no body': dav('PUT', '/a'),
    'a collection': dav('MKCOL', '/c/'),
    'a collection that is there': dav('MKCOL', '/c/'),
    'a collection without a slash': dav('MKCOL', '/d'),
    'a copy': dav('COPY', '/a', destination('/b')),
    'a copy to a URL': dav('COPY', '/a', destination('http://localhost/c/a')),
    'a copy elsewhere': dav('COPY', '/a', destination('http://other/c/a')),
    'a copy over another': dav('COPY', '/a', `${destination('/b')}Overwrite: F\r\n`),
    'a copy of a folder': dav('COPY', '/folder/', destination('/copy/')),
    'what it has': get('/copy/b'),
    'a move': dav('MOVE', '/copy/', destination('/moved/')),
    'a move to nowhere': dav('MOVE', '/moved/', ''),
    'a deletion': dav('DELETE', '/moved/'),
    'a deletion of a folder without a slash': dav('DELETE', '/folder'),
    'a deletion of what is not there': dav('DELETE', '/moved/'),
    'a deletion too high': dav('DELETE', '/deep/a'),
    'a method that is off': dav('DELETE', '/full/x/y'),
    'any file of a folder': get('/random/'),
  },
);
