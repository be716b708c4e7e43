/** The head of an HTTP request, read strictly (RFC 9112 §3, §5; RFC 6455 §4.2.1). */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** Protocol version as major * 10 + minor: 11 for HTTP/1.1. */
  readonly version: number;
  readonly fields: readonly Field[];
}

export interface Field {
  /** In lower case. */
  readonly name: string;
  /** Outer white space removed. */
  readonly value: string;
  /** All that follows the colon. */
  readonly raw: string;
}

export type HeadReading =
  | { readonly state: "incomplete" }
  | { readonly state: "malformed" }
  | { readonly state: "too-large" }
  | {
      readonly state: "complete";
      readonly head: RequestHead;
      /** The head with its blank line. */
      readonly bytes: Buffer;
      /** What followed it. */
      readonly rest: Buffer;
    };

const MAX_HEAD = 16 * 1024;
const MAX_FIELDS = 100;
const END = "\r\n\r\n";
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const NONSENSE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|[^\r]\n|\r[^\n]/;

/** Collects a request head from its segments. Nonsense is seen at once, not at the end of the head. */
export function createHeadReader(): (segment: Buffer) => HeadReading {
  const segments: Buffer[] = [];
  /** The head so far; kept apart from the segments, so that each byte is looked at once. */
  let text = "";
  return (segment) => {
    const looked = Math.max(0, text.length - END.length + 1);
    segments.push(segment);
    text += segment.subarray(0, MAX_HEAD + END.length - text.length).toString("latin1");
    const end = text.indexOf(END, looked);
    const lines = text.slice(looked, end < 0 ? text.length : end);
    if (NONSENSE.test(lines) || !/^[!-~]/.test(text)) return { state: "malformed" };
    if (end < 0) return { state: text.length > MAX_HEAD ? "too-large" : "incomplete" };
    const head = parseHead(text.slice(0, end));
    if (typeof head === "string") return { state: head };
    const whole = Buffer.concat(segments);
    const length = end + END.length;
    return { state: "complete", head, bytes: whole.subarray(0, length), rest: whole.subarray(length) };
  };
}

function parseHead(text: string): RequestHead | "malformed" | "too-large" {
  const [requestLine = "", ...fieldLines] = text.split("\r\n");
  const request = REQUEST_LINE.exec(requestLine);
  if (!request) return "malformed";
  if (fieldLines.length > MAX_FIELDS) return "too-large";
  const fields: Field[] = [];
  for (const line of fieldLines) {
    const field = FIELD_LINE.exec(line);
    if (!field) return "malformed";
    const [, name = "", raw = ""] = field;
    fields.push({ name: name.toLowerCase(), value: raw.trim(), raw });
  }
  const [, method = "", target = "", major, minor] = request;
  return { method, target, version: Number(major) * 10 + Number(minor), fields };
}

/** Values of a field in their order; empty when it is absent. */
export function valuesOf({ fields }: RequestHead, name: string): string[] {
  return fields.filter((field) => field.name === name).map(({ value }) => value);
}

/**
 * The value of a field by the letter of hybi-00 §5.1: everything behind the one space that follows the
 * colon. Undefined when the field is absent or occurs more than once.
 */
export function wholeValue({ fields }: RequestHead, name: string): string | undefined {
  const [field, second] = fields.filter((candidate) => candidate.name === name);
  return second === undefined ? field?.raw.slice(1) : undefined;
}
