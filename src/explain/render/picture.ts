import { escapeXml } from '../../text/xml.ts';

/** Boxes in columns with lines between them, as an SVG that follows the page's colours. */

export interface Box {
  readonly id: string;
  readonly text: string;
  /** `way`: on the way of the request; `broken`: where it ends badly; `aside`: there, but not taken. */
  readonly role: 'way' | 'broken' | 'aside';
}

export interface Column {
  readonly title: string;
  readonly boxes: readonly Box[];
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly broken: boolean;
}

const boxWidth = 210;
const boxHeight = 34;
const columnGap = 70;
const rowGap = 12;
const top = 34;
const longestText = 28;

/** @param description what the picture shows, for those who cannot see it */
export function renderPicture(
  columns: readonly Column[],
  lines: readonly Line[],
  description: string,
): string {
  const width = columns.length * boxWidth + (columns.length - 1) * columnGap + 8;
  const rows = Math.max(1, ...columns.map(({ boxes }) => boxes.length));
  const height = top + rows * (boxHeight + rowGap) + 4;
  const places = new Map<string, { x: number; y: number }>();
  const shapes = columns.flatMap(({ title, boxes }, column) => {
    const x = 4 + column * (boxWidth + columnGap);
    const heading = `<text class="title" x="${x}" y="18">${escapeXml(title)}</text>`;
    const drawn = boxes.map((box, row) => {
      const y = top + row * (boxHeight + rowGap);
      places.set(box.id, { x, y: y + boxHeight / 2 });
      return (
        `<g class="${box.role}"><title>${escapeXml(box.text)}</title>` +
        `<rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="6"/>` +
        `<text x="${x + 10}" y="${y + 22}">${escapeXml(shorten(box.text))}</text></g>`
      );
    });
    return [heading, ...drawn];
  });
  const paths = lines.flatMap(({ from, to, broken }) => {
    const start = places.get(from);
    const end = places.get(to);
    if (start === undefined || end === undefined) return [];
    const x1 = start.x + boxWidth;
    const middle = (x1 + end.x) / 2;
    const curve = `<path class="${broken ? 'broken' : 'way'}" d="M${x1} ${start.y} C${middle} ${start.y} ${middle} ${end.y} ${end.x - 2} ${end.y}"/>`;
    if (!broken) return [curve];
    const y = (start.y + end.y) / 2;
    const cross = `<path class="broken cross" d="M${middle - 7} ${y - 7}l14 14m0-14l-14 14"/>`;
    return [curve, cross];
  });
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(description)}">` +
    `${paths.join('')}${shapes.join('')}</svg>`
  );
}

function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
