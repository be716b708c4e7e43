/** Transforms of the opening response. */
import { addField, fieldOf, type Head, setField, statusOf } from "../head.ts";
import { acceptOf, type ProofFault } from "../proof.ts";
import { regex } from "../select-message.ts";
import type { Hooks, Link, Opening } from "../types.ts";
import { editFields, expander, type FieldEdits, hixieProofOf, type RequestWhen, requestFits } from "./request.ts";

interface ResponseWhen {
  /** Statuses, bounds included; default 101 only. */
  readonly status?: readonly [number, number];
  /** Regular expression on the status line. */
  readonly start?: string;
  /** The header block came in more than one TCP segment. */
  readonly split?: boolean;
  readonly request?: RequestWhen;
}

export interface AlterResponse extends FieldEdits {
  readonly when?: ResponseWhen;
  /** Status line. */
  readonly start?: string;
  /** Fields appended, even where they repeat one. */
  readonly add?: Readonly<Record<string, string>>;
  readonly rename?: Readonly<Record<string, string>>;
  /** Lines appended as they are. */
  readonly lines?: readonly string[];
}

function responseFits(when: ResponseWhen | undefined, head: Head, link: Link): boolean {
  const [low, high] = when?.status ?? [101, 101];
  const status = statusOf(head);
  return (
    status >= low &&
    status <= high &&
    (when?.start === undefined || regex(when.start).test(head.start)) &&
    (when?.split === undefined || when.split === (head.segments ?? 1) > 1) &&
    (!link.request || requestFits(when?.request, link.request.head, link))
  );
}

/** Changes the header block of the response. */
export function alterResponse(params: AlterResponse, link: Link): Hooks {
  return {
    response(head) {
      if (!responseFits(params.when, head, link)) return true;
      const expand = link.request ? expander(link.request.head) : (text: string) => text;
      if (params.start !== undefined) head.start = params.start;
      editFields(head, params, expand);
      for (const [name, value] of Object.entries(params.add ?? {})) addField(head, name, expand(value));
      for (const [from, to] of Object.entries(params.rename ?? {})) {
        const value = fieldOf(head, from);
        if (value !== undefined) addField(head, to, value);
        setField(head, from, null);
      }
      for (const raw of params.lines ?? []) head.fields.push({ name: "", value: "", raw });
      head.changed = true;
      return true;
    },
  };
}

export interface AlterProof {
  readonly when?: RequestWhen;
  /**
   * `flip`: one bit wrong; `decoded-key`: Accept over the 16 bytes of the key; `lower-case`: Accept in small
   * letters; `cut`: the last byte is missing; `right`: as it has to be, whatever came. hybi-00, with keys read in a wrong way: `trim-keys`, `trim-key3`:
   * blanks stripped before counting or hashing; `any-blank`: tabs count as spaces; `first-digits`: only the
   * first group of digits counts; `signed`: no quotient above 2^31-1.
   */
  readonly how: "flip" | "decoded-key" | "lower-case" | "cut" | "right" | ProofFault;
}

/** Makes the proof wrong, or right again: the Accept value, or the 16 bytes of hybi-00. */
export function alterProof({ when, how }: AlterProof, link: Link): Hooks {
  const asked = () => (link.request && requestFits(when, link.request.head, link) ? link.request : undefined);
  return {
    response(head) {
      const accept = fieldOf(head, "sec-websocket-accept");
      const request = asked();
      if (accept !== undefined && request) setField(head, "Sec-WebSocket-Accept", wrongAccept(how, accept, request));
      return true;
    },
    proof(bytes) {
      const request = asked();
      return request ? wrongBytes(how, bytes, request) : bytes;
    },
  };
}

function wrongAccept(how: AlterProof["how"], accept: string, request: Opening): string {
  if (how === "lower-case") return accept.toLowerCase();
  if (how === "cut") return accept.slice(0, -1);
  if (how === "flip") return flip(Buffer.from(accept, "base64")).toString("base64");
  if (how === "right") return acceptOf(fieldOf(request.head, "sec-websocket-key") ?? "");
  if (how !== "decoded-key") return accept;
  return acceptOf(Buffer.from(fieldOf(request.head, "sec-websocket-key") ?? "", "base64"));
}

function wrongBytes(how: AlterProof["how"], proof: Uint8Array, request: Opening): Uint8Array {
  if (how === "flip") return flip(proof);
  if (how === "cut") return proof.subarray(0, -1);
  if (how === "right") return hixieProofOf(request);
  return how === "decoded-key" || how === "lower-case" ? proof : hixieProofOf(request, how);
}

/** A copy with the lowest bit of the first byte turned over. */
export function flip(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  if (copy[0] !== undefined) copy[0] ^= 1;
  return copy;
}

/** Puts bytes between the handshake and the first frame. */
export function appendBytes(params: { readonly text?: string; readonly hex?: string }): Hooks {
  return {
    appendix: () => Buffer.concat([Buffer.from(params.text ?? "", "latin1"), Buffer.from(params.hex ?? "", "hex")]),
  };
}

/** hybi-00: the response's header block waits until the proof is there, that is, until key3 has come. */
export function holdResponse(): Hooks {
  return { holdResponse: true };
}
