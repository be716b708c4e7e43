/** Puts a row of parameters into a fixture: `${name}` in any string. */

const whole = /^\$\{([\w-]+)\}$/;
const part = /\$\{([\w-]+)\}/g;

/**
 * A string that is nothing but `${name}` becomes the parameter with its type; inside a longer string the
 * parameter's text is put. Names that the row does not have are left alone (the drive fills in its own).
 * A member whose value becomes `null` by a parameter is dropped.
 */
export function substitute<T>(value: T, row: Readonly<Record<string, unknown>>): T {
  return replace(value, row) as T;
}

function replace(value: unknown, row: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === "string") return replaceText(value, row);
  if (Array.isArray(value)) return value.map((item) => replace(item, row)).filter((item) => item !== undefined);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [replaceText(key, row), replace(item, row)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }
  return value;
}

function replaceText(text: string, row: Readonly<Record<string, unknown>>): unknown {
  if (!text.includes("${")) return text;
  const only = whole.exec(text);
  if (only?.[1] !== undefined && Object.hasOwn(row, only[1])) return row[only[1]] === null ? undefined : row[only[1]];
  return text.replace(part, (found, name: string) => (Object.hasOwn(row, name) ? String(row[name]) : found));
}
