/** The text with ASCII letters in lower case (ngx_strlow); other bytes stay, unlike with toLowerCase. */
export function lowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
