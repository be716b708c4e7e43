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

/** What no parameter touches is not copied: most of a fixture is the same in all its cases. */
function replace(value: unknown, row: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === "string") return replaceText(value, row);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => replace(item, row));
    return items.every((item, index) => item === value[index]) ? value : items.filter((item) => item !== undefined);
  }
  const entries = Object.entries(value);
  const replaced = entries.map(([key, item]) => [replaceText(key, row), replace(item, row)] as const);
  const isSame = replaced.every(([key, item], index) => key === entries[index]?.[0] && item === entries[index]?.[1]);
  return isSame ? value : Object.fromEntries(replaced.filter(([, item]) => item !== undefined));
}

function replaceText(text: string, row: Readonly<Record<string, unknown>>): unknown {
  if (!text.includes("${")) return text;
  const only = whole.exec(text);
  if (only?.[1] !== undefined && Object.hasOwn(row, only[1])) return row[only[1]] === null ? undefined : row[only[1]];
  return text.replace(part, (found, name: string) => (Object.hasOwn(row, name) ? String(row[name]) : found));
}
