import { escapeHtml } from './escape-html.ts';

/** Text for an XML attribute or element. Characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  const valid = text.replace(
    /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/g,
    '\ufffd',
  );
  return escapeHtml(valid).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** ` name="value"` for each attribute. */
export function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}
