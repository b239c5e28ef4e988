export interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));|&/g, (whole, code?: string, name?: string) => {
    const value = code === undefined ? entities[name ?? ''] : String.fromCodePoint(Number(code));
    if (value === undefined) throw new Error(`bad entity ${whole}`);
    return value;
  });
}

/** Reads the XML that the formats write; throws where it is not well-formed. */
export function parseXml(text: string): Element {
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f]/.test(text)) throw new Error('control character');
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const body = text.replace(/^<\?xml [^?]*\?>\n/, '');
  const token = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const match of body.matchAll(token)) {
    end = match.index + match[0].length;
    const [, closing, name, attributes, selfClosing, content] = match;
    const current = open.at(-1)!;
    if (content !== undefined) current.text += decodeEntities(content);
    else if (closing === '/') {
      if (open.pop()!.name !== name) throw new Error(`</${name}> closes another element`);
    } else {
      const element: Element = { name: name!, attributes: {}, children: [], text: '' };
      for (const [, key, value] of attributes!.matchAll(/([\w:-]+)="([^"]*)"/g)) {
        if (key! in element.attributes) throw new Error(`${key} twice`);
        element.attributes[key!] = decodeEntities(value!);
      }
      current.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  if (end !== body.length) throw new Error(`not XML at ${end}: ${body.slice(end, end + 40)}`);
  if (open.length !== 1 || top.children.length !== 1) throw new Error('elements left open');
  return top.children[0]!;
}
