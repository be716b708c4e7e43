/** Transforms of the opening request. */
import { addField, fieldOf, type Head, rawValueOf, sameName, setField } from "../head.ts";
import { acceptOf, hixieProof, type ProofFault } from "../proof.ts";
import { regex } from "../select-message.ts";
import type { Hooks, Link } from "../types.ts";

/** Conditions on a request, all of which must hold; patterns are regular expressions, field names go in any case. */
export interface RequestWhen {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly missing?: readonly string[];
  /** Missing where names are compared letter by letter. */
  readonly missingAsSpelt?: readonly string[];
  /** Fields that come more than once. */
  readonly repeated?: readonly string[];
  /** The field that comes last. */
  readonly last?: string;
  /** There are fields that no opening handshake defines. */
  readonly unknown?: boolean;
  /** hybi-00 keys whose number is no multiple of their spaces. */
  readonly indivisible?: readonly string[];
  /** The header block came in more than one TCP segment. */
  readonly split?: boolean;
  /** So many other connections are open, at least. */
  readonly others?: number;
  /** Only this and later connections of the mutant, 1-based. */
  readonly connection?: number;
  /** The client came over TLS, or not. */
  readonly secure?: boolean;
}

/** Fields to change; `null` removes. */
export type FieldChanges = Readonly<Record<string, string | null>>;

export interface FieldEdits {
  readonly set?: FieldChanges;
  /** Set only where the field is missing. */
  readonly default?: Readonly<Record<string, string>>;
  /** Regular expression and replacement on a field's value. */
  readonly replace?: Readonly<Record<string, readonly [string, string]>>;
}

/** True when the request (as it came) fits. */
export function requestFits(when: RequestWhen | undefined, head: Head, link: Link): boolean {
  if (when === undefined) return true;
  const [method = "", target = "", version = ""] = head.start.split(" ");
  const fits = (pattern: string | undefined, value: string) => pattern === undefined || regex(pattern).test(value);
  return (
    link.index + 1 >= (when.connection ?? 1) &&
    fits(when.method, method) &&
    fits(when.target, target) &&
    fits(when.version, version) &&
    Object.entries(when.fields ?? {}).every(([name, pattern]) =>
      head.fields.some((field) => field.name.toLowerCase() === name.toLowerCase() && regex(pattern).test(field.value)),
    ) &&
    (when.missing ?? []).every((name) => fieldOf(head, name) === undefined) &&
    (when.missingAsSpelt ?? []).every((name) => head.fields.every((field) => field.name !== name)) &&
    (when.repeated ?? []).every((name) => head.fields.filter((field) => sameName(field.name, name)).length > 1) &&
    (when.last === undefined || sameName(head.fields.at(-1)?.name ?? "", when.last)) &&
    (when.unknown === undefined || when.unknown === head.fields.some((field) => !KNOWN.test(field.name))) &&
    (when.indivisible ?? []).every((name) => isIndivisible(rawValueOf(head, name) ?? "")) &&
    (when.split === undefined || when.split === (link.request?.segments ?? 1) > 1) &&
    (when.secure === undefined || when.secure === link.secure) &&
    [...link.others()].length >= (when.others ?? 0)
  );
}

const KNOWN = /^(Host|Upgrade|Connection|Origin|Sec-WebSocket-[\w-]+)$/i;

function isIndivisible(key: string): boolean {
  const spaces = key.split(" ").length - 1;
  return spaces > 0 && BigInt(key.replace(/\D/g, "") || "0") % BigInt(spaces) !== 0n;
}

export function editFields(head: Head, edits: FieldEdits, expand: (text: string) => string = (text) => text): void {
  for (const [name, value] of Object.entries(edits.set ?? {})) {
    setField(head, name, value === null ? null : expand(value));
  }
  for (const [name, value] of Object.entries(edits.default ?? {})) {
    if (fieldOf(head, name) === undefined) addField(head, name, expand(value));
  }
  for (const [name, [pattern, text]] of Object.entries(edits.replace ?? {})) {
    const value = fieldOf(head, name);
    if (value !== undefined && regex(pattern).test(value))
      setField(head, name, value.replace(regex(pattern), expand(text)));
  }
}

export interface AlterRequest extends FieldEdits {
  readonly when?: RequestWhen;
  readonly method?: string;
  readonly target?: readonly [string, string];
  readonly version?: string;
}

/**
 * Makes the suite's illegal request legal before the peer sees it, or the other way round. The proof is put
 * right again when a key was changed, so that only the request's own rule is broken.
 */
export function alterRequest(params: AlterRequest, link: Link): Hooks {
  let keyChanged = false;
  return {
    request(head) {
      if (!requestFits(params.when, head, link)) return true;
      const keys = keysOf(head);
      const [method = "", target = "", version = ""] = head.start.split(" ");
      const [pattern, text] = params.target ?? ["^", ""];
      head.start = [params.method ?? method, target.replace(regex(pattern), text), params.version ?? version].join(" ");
      head.changed = true;
      editFields(head, params, expander(structuredClone(head)));
      keyChanged = keysOf(head) !== keys;
      return true;
    },
    response(head) {
      const key = keyChanged && link.request ? fieldOf(link.request.head, "sec-websocket-key") : undefined;
      if (key !== undefined && fieldOf(head, "sec-websocket-accept"))
        setField(head, "Sec-WebSocket-Accept", acceptOf(key));
      return true;
    },
    proof: (bytes) => (keyChanged && link.request ? hixieProofOf(link.request) : bytes),
  };
}

const KEYS = ["sec-websocket-key", "sec-websocket-key1", "sec-websocket-key2"];

function keysOf(head: Head): string {
  return KEYS.map((name) => rawValueOf(head, name)).join("\n");
}

export function hixieProofOf(request: { head: Head; key3: Uint8Array }, fault?: ProofFault): Uint8Array {
  const key = (name: string) => rawValueOf(request.head, name) ?? "";
  return hixieProof(key("sec-websocket-key1"), key("sec-websocket-key2"), request.key3, fault);
}

export interface AnswerRequest {
  readonly when?: RequestWhen;
  readonly others?: boolean;
  /** `silence`: no answer at all; `fin`, `reset`: the connection ends without one. */
  readonly with:
    | "silence"
    | "fin"
    | "reset"
    | { readonly start: string; readonly fields?: Readonly<Record<string, string>>; readonly body?: string };
}

/** Answers the request in the peer's place; the peer never sees it. With `others` all other connections are ended too. */
export function answerRequest(params: AnswerRequest, link: Link): Hooks {
  return {
    request(head) {
      if (!requestFits(params.when, head, link)) return true;
      if (params.others) for (const other of link.others()) other.end("client", "reset");
      const answer = params.with;
      if (answer === "fin" || answer === "reset") link.end("client", answer);
      else if (answer !== "silence") {
        const expand = expander(head);
        const fields = Object.entries(answer.fields ?? {}).map(([name, value]) => `${name}: ${expand(value)}`);
        const block = [answer.start, ...fields, "", answer.body ?? ""].join("\r\n");
        link.send("client", { raw: Buffer.from(block, "latin1") });
        if (!answer.start.includes(" 101")) link.end("client", "fin");
      }
      return false;
    },
  };
}

/** hybi-00: a key3 that TCP's end cut short is filled up with zero bytes before the peer sees the end. */
export function completeKey3(): Hooks {
  return { key3: (part) => Buffer.concat([part, Buffer.alloc(8 - part.length)]) };
}

/** Frames that come in the same TCP segment as the request are lost. */
export function dropCoalesced(): Hooks {
  return { coalesced: () => new Uint8Array() };
}

/** Bytes that stand directly behind the request, before there is an answer. */
export function addCoalesced(params: { readonly hex: string }): Hooks {
  return { coalesced: (bytes) => Buffer.concat([Buffer.from(params.hex, "hex"), bytes]) };
}

/** `${name}` stands for a field of the request, `${target}` for its target, `${accept}` for the right Accept value. */
export function expander(request: Head): (text: string) => string {
  return (text) =>
    text.replace(/\$\{([\w-]+)\}/g, (_, name: string) => {
      if (name === "target") return request.start.split(" ")[1] ?? "";
      if (name === "accept") return acceptOf(fieldOf(request, "sec-websocket-key") ?? "");
      return fieldOf(request, name) ?? "";
    });
}
