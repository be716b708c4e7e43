/** How evidence is shown in a finding: decoded, and in hex where bytes matter. */
import type { ConnectionView, SeenFrame, SeenMessage } from "./conversation.ts";

/** At most `limit` bytes, in hex, with the total when cut. */
export function hex(bytes: Uint8Array, limit = 48): string {
  const shown = Buffer.from(bytes.subarray(0, limit)).toString("hex");
  return bytes.length > limit ? `${shown}… (${bytes.length} bytes)` : shown;
}

export function excerpt(text: string, limit = 400): string {
  return text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text;
}

export function shownMessage(message: SeenMessage): string {
  return excerpt(message.text);
}

export function shownFrame(seen: SeenFrame): string {
  const { frame } = seen;
  const head = `${frame.kind} (opcode ${frame.opcode.toString(16).toUpperCase()}) fin=${frame.fin ? 1 : 0} rsv=${frame.rsv} length=${frame.payload.length}`;
  return `${head} payload ${hex(frame.payload) || "(empty)"}`;
}

/** How the opening handshake ended. */
export function shownAnswer(view: ConnectionView): string {
  if (!view.connected) return "no TCP connection";
  if (view.response) return `HTTP ${view.response.value.status} ${view.response.value.reason}`.trim();
  const end = endOf(view);
  if (view.answer.length > 0)
    return `${view.responseMalformed ? "no HTTP response" : "part of a response"}: ${hex(view.answer)}${end}`;
  return end === "" ? "no answer within the deadline, connection open" : `no answer${end}`;
}

function endOf(view: ConnectionView): string {
  const end = view.ends.find((candidate) => candidate.from === "server");
  if (!end) return "";
  return end.how === "fin" ? ", then TCP closed" : ", then TCP reset";
}

/** What the peer did after entry `at`: its next messages, close and TCP end. */
export function shownAfter(view: ConnectionView, at: number, from: "client" | "server"): string {
  const parts: string[] = [];
  for (const frame of view.frames)
    if (frame.at > at && frame.from === from && parts.length < 3) parts.push(shownFrame(frame));
  const end = view.ends.find((candidate) => candidate.from === from && candidate.at > at);
  if (end) parts.push(end.how === "fin" ? "TCP closed" : "TCP reset");
  return parts.length === 0 ? "nothing within the deadline, connection open" : parts.join("; then ");
}
