/** A transcript as people read it: handshake, frames and documents in the order in which they went. Pure. */
import { type ConnectionView, readConversation, type SeenFrame, type SeenMessage } from "../judge/conversation.ts";
import { hex } from "../judge/describe.ts";
import type { Transcript } from "../judge/types.ts";
import { indented } from "../netconf/index.ts";
import type { ReadableEntry } from "./results.ts";

/** Longest body that is shown; the transcript file has all of it. Characters. */
const longest = 4000;

/** What happened, in order; `conn` is named where there was more than one connection. */
export function readable(transcript: Transcript): ReadableEntry[] {
  const conversation = readConversation(transcript);
  const views = [...conversation.connections.values()];
  const entries = views.flatMap((view) => {
    const name = views.length > 1 ? `${view.name}: ` : "";
    return connectionEntries(view, transcript).map((entry) => ({ ...entry, head: `${name}${entry.head}` }));
  });
  const steps = conversation.steps.flatMap(({ at, entry }): Placed[] =>
    told.has(entry.step) ? [] : [{ at, order: -1, t: entry.t, kind: "step", ...stepText(entry) }],
  );
  return [...entries, ...steps]
    .sort((a, b) => a.at - b.at || a.order - b.order)
    .map(({ order: _order, body, ...entry }) => (body === undefined ? entry : { ...entry, body: clipped(body) }));
}

/** Steps that stand on the wire themselves, or in what the client reported. */
const told = new Set(["request", "report", "exit", "earlier-keys"]);

type Placed = ReadableEntry & { readonly order: number };

function connectionEntries(view: ConnectionView, transcript: Transcript): Placed[] {
  const { messages, frames, ends } = view;
  return [
    ...tcpOpenings(view, transcript),
    ...handshake(view, transcript),
    ...messages.map((message): Placed => ({ ...placeOf(message), kind: "message", ...messageText(message) })),
    ...frames
      .filter(({ frame }) => !["text", "binary", "continuation"].includes(frame.kind))
      .map((seen): Placed => ({ ...placeOf(seen), ...frameText(seen) })),
    ...ends.map((end): Placed => ({ ...placeOf(end), kind: "tcp", head: end.how === "fin" ? "TCP FIN" : "TCP reset" })),
  ];
}

function placeOf({ at, order, t, from }: Pick<SeenFrame, "at" | "order" | "t" | "from">) {
  return { at, order, t, from };
}

function tcpOpenings({ name }: ConnectionView, { entries }: Transcript): Placed[] {
  return entries.flatMap((entry, at): Placed[] => {
    if (entry.type !== "tcp" || entry.conn !== name || entry.event === "fin" || entry.event === "reset") return [];
    const head = entry.event === "open" ? "TCP connection" : "TCP connection refused";
    return [{ at, order: -1, t: entry.t, from: entry.from, kind: "tcp", head }];
  });
}

function handshake(view: ConnectionView, { entries }: Transcript): Placed[] {
  const { request, requestAt, response } = view;
  const fields = (headers: readonly { readonly name: string; readonly value: string }[]) =>
    headers.map(({ name, value }) => `${name}: ${value}`).join("\n");
  const asked: Placed[] = request
    ? [
        {
          at: requestAt,
          order: -1,
          t: entries[requestAt]?.t ?? 0,
          from: "client",
          kind: "request",
          head: `${request.method} ${request.target} HTTP/${request.httpVersion}`,
          body: fields(request.headers),
        },
      ]
    : [];
  if (!response) return [...asked, ...unreadable(view, entries)];
  const { status, reason, httpVersion, headers } = response.value;
  const head = `HTTP/${httpVersion} ${status} ${reason}`.trim();
  return [...asked, { ...placeOf(response), kind: "response", head, body: fields(headers) }];
}

/** What came instead of a response. */
function unreadable({ answer, headAt, lastAt }: ConnectionView, entries: Transcript["entries"]): Placed[] {
  if (answer.length === 0) return [];
  const at = headAt ?? lastAt;
  const t = entries[at]?.t ?? 0;
  return [{ at, order: -1, t, from: "server", kind: "response", head: "no HTTP response", body: hex(answer, 256) }];
}

function messageText({ kind, data, frames, text, xml }: SeenMessage): Pick<Placed, "head" | "body"> {
  const root = xml.ok ? xml.root : undefined;
  const name = root ? `<${root.local}>` : "no XML";
  const size = `${data.length} byte${data.length === 1 ? "" : "s"}`;
  const parts = frames === 1 ? "" : `, ${frames} frames`;
  return { head: `${name} ${kind}, ${size}${parts}`, body: root ? indented(root) : text };
}

function frameText({ frame }: SeenFrame): Pick<Placed, "kind" | "head"> {
  const { kind, payload, opcode, key } = frame;
  const masked = key ? ", masked" : "";
  if (kind === "close") {
    const code = payload.length >= 2 ? `${Buffer.from(payload).readUInt16BE()}` : "without a code";
    const reason = Buffer.from(payload.subarray(2)).toString("utf8");
    return { kind: "close", head: `close ${code}${reason === "" ? "" : ` "${reason}"`}${masked}` };
  }
  const body = payload.length === 0 ? "empty" : hex(payload, 32);
  const name = kind === "reserved" ? `opcode ${opcode.toString(16).toUpperCase()}` : kind;
  return { kind: "frame", head: `${name} frame, ${body}${masked}` };
}

function stepText({
  step,
  label,
  detail,
}: {
  readonly step: string;
  readonly label?: string;
  readonly detail?: object;
}) {
  const head = label === undefined ? step : `${step} "${label}"`;
  return detail === undefined || Object.keys(detail).length === 0
    ? { head }
    : { head, body: JSON.stringify(detail, undefined, 1) };
}

function clipped(text: string): string {
  const rest = text.length - longest;
  return rest > 0 ? `${text.slice(0, longest)}\n… ${rest} more characters` : text;
}
