/**
 * The page that an echo backend answers to a browser: it opens a WebSocket to its own address, so through the proxy
 * it came from, and shows each message and the request heads as the backend saw them.
 *
 * @param head the head of the request for this page, as it arrived at the backend
 */
export function renderPage(head: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hopwright echo</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --good: #1a7f37; --bad: #cf222e; }
  @media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; } }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
  h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
  pre, #log { font: 13px/1.5 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 6px; padding: .75rem; margin: 0; overflow: auto; }
  #log { height: 12rem; }
  #log div { white-space: pre-wrap; overflow-wrap: anywhere; }
  #state { font-weight: 600; }
  .good { color: var(--good); } .bad { color: var(--bad); }
  form { display: flex; gap: .5rem; margin: .5rem 0; }
  input { flex: 1; min-width: 0; } input, button { font: inherit; padding: .35rem .6rem; }
  .heads { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
</style>
<h1>WebSocket echo through the proxy</h1>
<p>Socket to <code id="url"></code>: <span id="state">connecting …</span></p>
<form id="form"><input id="text" value="hello" aria-label="Message" autocomplete="off"><button>Send</button></form>
<div id="log" role="log" aria-label="Messages"></div>
<div class="heads">
  <section><h2>The handshake as the backend saw it</h2><pre id="handshake">–</pre></section>
  <section><h2>The request for this page as the backend saw it</h2><pre>${escapeHtml(head.trimEnd())}</pre></section>
</div>
<script>
  const element = (id) => document.getElementById(id);
  const url = location.protocol.replace('http', 'ws') + '//' + location.host + location.pathname + '?hopwright-head';
  element('url').textContent = url;
  const note = (text, kind) => {
    const line = document.createElement('div');
    line.textContent = text;
    if (kind) line.className = kind;
    element('log').append(line);
    line.scrollIntoView({ block: 'nearest' });
  };
  const state = (text, kind) => { element('state').textContent = text; element('state').className = kind; };
  const socket = new WebSocket(url);
  let first = true;
  socket.onopen = () => { state('open', 'good'); send('hello'); };
  socket.onmessage = (event) => {
    if (first) { first = false; element('handshake').textContent = event.data.trimEnd(); return; }
    note('← ' + event.data, 'good');
  };
  socket.onclose = (event) => state('closed, code ' + event.code + (event.reason ? ' (' + event.reason + ')' : ''), 'bad');
  const send = (text) => { socket.send(text); note('→ ' + text); };
  element('form').onsubmit = (event) => {
    event.preventDefault();
    if (socket.readyState === WebSocket.OPEN) send(element('text').value);
    else note('the socket is not open', 'bad');
  };
</script>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
