/** The head of an HTTP/1.1 message: start line, fields, blank line. Read leniently, faults listed; written verbatim. */
import { asBuffer, fromLatin1, toLatin1 } from "./bytes.ts";
import type { HeaderField } from "./types.ts";

/** Largest head in bytes, blank line included. */
export const maxHead = 64 * 1024;

export interface Field extends HeaderField {
  /** The value to the last byte before the line end, at most one space removed behind the colon (hybi-00 4.1 item 36). */
  readonly raw: string;
  /** Where its line begins in the message. */
  readonly offset: number;
}

export interface HeadFault {
  readonly message: string;
  readonly offset: number;
}

export interface Head {
  readonly startLine: string;
  readonly fields: readonly Field[];
  readonly faults: readonly HeadFault[];
  /** Size in bytes, blank line included. */
  readonly size: number;
}

/** What a dialect asks of a field line. */
export interface FieldGrammar {
  readonly name: RegExp;
  readonly value: RegExp;
  readonly spaceAfterColon: "exactly one" | "any";
}

/** RFC 9110 §5.1 and §5.5. */
export const httpFields: FieldGrammar = {
  name: /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/,
  value: /^[\t\x20-\x7e\x80-\xff]*$/,
  spaceAfterColon: "any",
};

/** Size of the head that `bytes` begin with; 0: its end is not there yet. A line may end with LF alone. */
function headSize(bytes: Buffer): number {
  const ends = [bytes.indexOf("\n\r\n"), bytes.indexOf("\n\n")];
  const sizes = ends.map((at, i) => (at < 0 ? 0 : at + 3 - i)).filter((size) => size > 0);
  return sizes.length === 0 ? 0 : Math.min(...sizes);
}

/** The head at the start of `bytes`; undefined: incomplete; "too-long": more than 64 KiB of it. */
export function readHead(bytes: Uint8Array, grammar: FieldGrammar): Head | "too-long" | undefined {
  const window = asBuffer(bytes.subarray(0, maxHead));
  const size = headSize(window);
  if (size === 0) return bytes.length >= maxHead ? "too-long" : undefined;
  return parseHead(toLatin1(window.subarray(0, size)), grammar);
}

/** Takes a head apart that is there wholly, however long. */
export function parseHead(text: string, grammar: FieldGrammar): Head {
  const faults: HeadFault[] = [];
  const fields: Field[] = [];
  const lines: { line: string; offset: number }[] = [];
  let offset = 0;
  for (const ended of text.split("\n").slice(0, -1)) {
    const line = ended.endsWith("\r") ? ended.slice(0, -1) : ended;
    if (line === ended) faults.push({ message: "a line ends with LF alone", offset });
    if (line.includes("\r")) faults.push({ message: "CR without LF", offset });
    lines.push({ line, offset });
    offset += ended.length + 1;
  }
  for (const { line, offset } of lines.slice(1, -1)) {
    const field = parseField(line, offset, grammar, (message) => faults.push({ message, offset }));
    if (field) fields.push(field);
  }
  return { startLine: lines[0]?.line ?? "", fields, faults, size: text.length };
}

function parseField(
  line: string,
  offset: number,
  grammar: FieldGrammar,
  fault: (message: string) => void,
): Field | undefined {
  const colon = line.indexOf(":");
  if (colon < 0) fault(`no colon in field line ${JSON.stringify(line)}`);
  if (colon === 0) fault(`a field without a name: ${JSON.stringify(line)}`);
  if (colon <= 0) return undefined;
  const name = line.slice(0, colon);
  const rest = line.slice(colon + 1);
  if (!grammar.name.test(name)) fault(`field name ${JSON.stringify(name)}`);
  if (!grammar.value.test(rest)) fault(`a control character in field ${JSON.stringify(name)}`);
  if (grammar.spaceAfterColon === "exactly one" && !/^ (?! )/.test(rest)) fault(`not one space behind ${name}:`);
  const raw = rest.startsWith(" ") ? rest.slice(1) : rest;
  return { name, value: withoutOuterBlanks(raw), raw, offset };
}

/** Spaces and tabs at both ends taken off (RFC 9110 §5.6.3 OWS), in linear time: the peer chose the text. */
export function withoutOuterBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === " " || text[at] === "\t";
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(from)) from++;
  while (to > from && isBlank(to - 1)) to--;
  return text.slice(from, to);
}

/** Fields of that name, whatever their case. */
export function fieldsNamed<F extends HeaderField>(fields: readonly F[], name: string): F[] {
  return fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());
}

/** Their values joined as one list (RFC 9110 §5.3); undefined where there is no such field. */
export function joinedValue(fields: readonly HeaderField[], name: string): string | undefined {
  const values = fieldsNamed(fields, name).map((field) => field.value);
  return values.length === 0 ? undefined : values.join(", ");
}

/** Replaces, removes (null) or appends fields, any case of name; a list gives one field per item. */
export function replaceFields(
  fields: readonly HeaderField[],
  set: Readonly<Record<string, string | readonly string[] | null>> = {},
): HeaderField[] {
  let result = [...fields];
  for (const [name, wanted] of Object.entries(set)) {
    const values = wanted === null ? [] : typeof wanted === "string" ? [wanted] : wanted;
    const same = (field: HeaderField) => field.name.toLowerCase() === name.toLowerCase();
    const at = result.findIndex(same);
    result = result.filter((field) => !same(field));
    result.splice(at < 0 ? result.length : at, 0, ...values.map((value) => ({ name, value })));
  }
  return result;
}

/** A head, written as given: nothing is checked. */
export function writeHead(
  startLine: string,
  fields: readonly HeaderField[],
  rawLines: readonly string[] = [],
): Uint8Array {
  const lines = [startLine, ...fields.map(({ name, value }) => `${name}: ${value}`), ...rawLines, "", ""];
  return fromLatin1(lines.join("\r\n"));
}
