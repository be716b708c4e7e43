/** Passive checks on what a client must draw anew: the keys of its opening requests and of its masks. */
import type { DialectName, Request } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, Conversation } from "../conversation.ts";
import { broken, held } from "../lookup.ts";

interface Rules {
  readonly handshake: string;
  /** hybi-00 masks nothing. */
  readonly mask?: string;
}

const rulesOf: Record<DialectName, Rules> = {
  rfc6455: { handshake: "WS-HS-115", mask: "WS-FRM-008" },
  "hybi-06": { handshake: "H06-HS-114", mask: "H06-FRM-007" },
  "hybi-00": { handshake: "H00-HS-114" },
};

/** A key that a client used, and where; -1: on a connection before those of the transcript. */
interface Used {
  readonly key: string;
  readonly at: number;
}

/** The step that hands on which keys a client used on connections before: `{ handshake: [...], masks: [...] }`, in hex. */
export const earlierKeys = "earlier-keys";

export function keyReports(conversation: Conversation): Report[] {
  if (conversation.target !== "client") return [];
  const views = [...conversation.connections.values()];
  const rules = rulesOf[conversation.dialect];
  const handshakes = [...earlier(conversation, "handshake"), ...views.flatMap(handshakeKeys)];
  const masks = [...earlier(conversation, "masks"), ...views.flatMap(maskingKeys)];
  return [
    ...handshakeReports(rules.handshake, handshakes),
    ...(rules.mask === undefined ? [] : maskReports(rules.mask, masks)),
  ];
}

function earlier({ steps }: Conversation, kind: "handshake" | "masks"): Used[] {
  return steps
    .filter(({ entry }) => entry.step === earlierKeys)
    .flatMap(({ entry }) => ((entry.detail?.[kind] ?? []) as readonly string[]).map((key) => ({ key, at: -1 })));
}

function handshakeKeys({ request, requestAt }: ConnectionView): Used[] {
  return request ? keysOfRequest(request).map((key) => ({ key, at: requestAt })) : [];
}

/** What a request has of its own: `Sec-WebSocket-Key`, or both keys of hybi-00 and the 8 bytes behind them. In hex. */
export function keysOfRequest({ headers, bytes, headLength }: Request): string[] {
  const fields = headers.filter(({ name }) => /^sec-websocket-key[12]?$/i.test(name)).map(({ value }) => value);
  const tail = Buffer.from(bytes.subarray(headLength)).toString("latin1");
  return [...fields, tail].filter((key) => key !== "").map((key) => Buffer.from(key, "latin1").toString("hex"));
}

function maskingKeys({ frames }: ConnectionView): Used[] {
  return frames.flatMap(({ from, at, frame: { key } }) =>
    from === "client" && key ? [{ key: Buffer.from(key).toString("hex"), at }] : [],
  );
}

function handshakeReports(requirement: string, used: readonly Used[]): Report[] {
  const known = new Set<string>();
  for (const { key, at } of used) {
    if (known.has(key))
      return [
        broken(requirement, "A key of an opening request was used before", Math.max(at, 0), {
          expected: "a key drawn anew",
          got: Buffer.from(key, "hex").toString("latin1"),
        }),
      ];
    known.add(key);
  }
  const last = used.at(-1);
  return used.length < 2 || !last ? [] : [held(requirement, last.at)];
}

/** What chance may do in one conversation before it is no chance any more. */
const improbable = 1e-6;

/**
 * Keys of 32 bits meet by chance where there are many of them, so a repetition is a breach only where it is too
 * improbable: one behind the other at once, or anywhere.
 */
function maskReports(requirement: string, used: readonly Used[]): Report[] {
  const last = used.at(-1);
  if (used.length < 2 || !last) return [];
  const counts = new Map<string, number>();
  const repeated: Used[] = [];
  let pairs = 0;
  for (const one of used) {
    const before = counts.get(one.key) ?? 0;
    if (before > 0) repeated.push(one);
    pairs += before;
    counts.set(one.key, before + 1);
  }
  const adjacent = used.filter(({ key }, index) => key === used[index - 1]?.key);
  const n = used.length;
  const isChance = chanceOf(pairs, (n * (n - 1)) / 2) > improbable && chanceOf(adjacent.length, n - 1) > improbable;
  const [first] = repeated;
  if (isChance || !first) return [held(requirement, last.at)];
  return [
    broken(requirement, `Of ${n} masking keys ${repeated.length} were used before`, Math.max(first.at, 0), {
      expected: "a masking key drawn anew for each frame",
      got: first.key,
    }),
  ];
}

/** Upper bound of the probability that at least `count` of so many pairs of random 32-bit keys are equal (Poisson). */
function chanceOf(count: number, pairs: number): number {
  const mean = pairs / 2 ** 32;
  let bound = 1;
  for (let k = 1; k <= count && bound > improbable; k += 1) bound *= mean / k;
  return bound;
}
