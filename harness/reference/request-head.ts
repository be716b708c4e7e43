/** The head of an HTTP request, read strictly (RFC 9112 §3, §5; RFC 6455 §4.2.1). */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** Protocol version as major * 10 + minor: 11 for HTTP/1.1. */
  readonly version: number;
  /** Values of a field in their order, by lower-case name, outer white space removed. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Every field has exactly one blank behind its colon (hybi-00 §5.1). */
  readonly spaced: boolean;
}

export type HeadReading =
  | { readonly state: "incomplete" }
  | { readonly state: "malformed" }
  | { readonly state: "too-large" }
  | { readonly state: "complete"; readonly head: RequestHead; readonly length: number };

const MAX_HEAD = 16 * 1024;
const MAX_FIELDS = 100;
const END = "\r\n\r\n";
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([ \t]*)([\t\x20-\x7e\x80-\xff]*)$/;

/** Reads a request head from the bytes received so far. Nonsense is seen at once, not at the end of the head. */
export function readRequestHead(bytes: Buffer): HeadReading {
  const text = bytes.subarray(0, MAX_HEAD + END.length).toString("latin1");
  const end = text.indexOf(END);
  const lines = text.slice(0, end < 0 ? text.length : end);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/^[^!-~]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|[^\r]\n|\r[^\n]/.test(lines)) return { state: "malformed" };
  if (end < 0) return { state: text.length > MAX_HEAD ? "too-large" : "incomplete" };
  const [requestLine = "", ...fieldLines] = lines.split("\r\n");
  const request = REQUEST_LINE.exec(requestLine);
  if (!request) return { state: "malformed" };
  if (fieldLines.length > MAX_FIELDS) return { state: "too-large" };
  const fields = new Map<string, string[]>();
  let spaced = true;
  for (const line of fieldLines) {
    const field = FIELD_LINE.exec(line);
    if (!field) return { state: "malformed" };
    const [, name = "", blank = "", value = ""] = field;
    if (blank !== " ") spaced = false;
    const values = fields.get(name.toLowerCase()) ?? [];
    values.push(value.replace(/[ \t]+$/, ""));
    fields.set(name.toLowerCase(), values);
  }
  const [, method = "", target = "", major, minor] = request;
  const version = Number(major) * 10 + Number(minor);
  return { state: "complete", head: { method, target, version, fields, spaced }, length: end + END.length };
}
