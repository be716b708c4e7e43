/** An HTTP header block that keeps every byte of the lines that nobody touches. */

export interface HeadField {
  name: string;
  value: string;
  /** The line as it came, without CRLF; dropped when the field changes. */
  raw?: string;
}

export interface Head {
  /** Request line or status line, without CRLF. */
  start: string;
  fields: HeadField[];
  /** Set as soon as a transform changed something: the block is written anew. */
  changed: boolean;
  /** TCP segments that it came in, of a response. */
  readonly segments?: number;
}

const END = Buffer.from("\r\n\r\n");

/** Length of the header block at the start of `bytes`, blank line included; -1 while it is not whole. */
export function headLength(bytes: Uint8Array): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(END);
  return at < 0 ? -1 : at + END.length;
}

/** Reads a whole header block (RFC 9112 §2.1), in latin1 so that no byte is lost. Lines without a colon stay as they are. */
export function readHead(bytes: Uint8Array): Head {
  const [start = "", ...lines] = Buffer.from(bytes).toString("latin1").slice(0, -END.length).split("\r\n");
  const fields = lines.map((raw) => {
    const colon = raw.indexOf(":");
    return { name: raw.slice(0, Math.max(colon, 0)).trim(), value: raw.slice(colon + 1).trim(), raw };
  });
  return { start, fields, changed: false };
}

export function writeHead(head: Head): Uint8Array {
  const lines = head.fields.map((field) => field.raw ?? `${field.name}: ${field.value}`);
  return Buffer.from([head.start, ...lines, "", ""].join("\r\n"), "latin1");
}

/** Value of the first field of that name, in any case of letters. */
export function fieldOf(head: Head, name: string): string | undefined {
  return head.fields.find((field) => sameName(field.name, name))?.value;
}

/** Replaces all fields of that name by one, at the place of the first; `null` removes them. */
export function setField(head: Head, name: string, value: string | null): void {
  const at = head.fields.findIndex((field) => sameName(field.name, name));
  const rest = head.fields.filter((field) => !sameName(field.name, name));
  if (value !== null) rest.splice(at < 0 ? rest.length : at, 0, { name, value });
  head.fields = rest;
  head.changed = true;
}

export function addField(head: Head, name: string, value: string): void {
  head.fields.push({ name, value });
  head.changed = true;
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Status code of a response head, 0 when there is none. */
export function statusOf(head: Head): number {
  return Number(/^HTTP\/\S+ (\d{3})\b/.exec(head.start)?.[1] ?? 0);
}

/** Value as it stands behind the colon and one blank: hybi-00 counts the blanks of a key (§5.1). */
export function rawValueOf(head: Head, name: string): string | undefined {
  const field = head.fields.find((candidate) => sameName(candidate.name, name));
  return field?.raw?.replace(/^[^:]*: ?/, "") ?? field?.value;
}
