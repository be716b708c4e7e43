/** Passive checks on the client's part in the opening handshake beyond the request itself: it waits for the response. */
import type { DialectName } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, Conversation } from "../conversation.ts";
import { shownFrame, shownMessage } from "../describe.ts";
import { broken, held } from "../lookup.ts";
import { stretchesOf } from "../stretches.ts";

interface Rules {
  /** Nothing is sent before the response is read. */
  readonly waits: string;
  /** One connection at a time is in the opening phase. */
  readonly serial?: string;
}

const rulesOf: Record<DialectName, Rules> = {
  rfc6455: { waits: "WS-HS-114", serial: "WS-HS-116" },
  "hybi-06": { waits: "H06-HS-112" },
  "hybi-00": { waits: "H00-HS-116", serial: "H00-HS-115" },
};

export function openingReports(conversation: Conversation): Report[] {
  if (conversation.target !== "client") return [];
  const rules = rulesOf[conversation.dialect];
  const views = [...conversation.connections.values()].filter(({ request }) => request !== undefined);
  return [
    ...views.flatMap((view) => stretchesOf(view).slice(0, 1)).flatMap((view) => waitReports(rules.waits, view)),
    ...(rules.serial === undefined ? [] : serialReports(rules.serial, views)),
  ];
}

function waitReports(requirement: string, { frames, messages, response, responseMalformed }: ConnectionView): Report[] {
  if (responseMalformed) return [];
  const isEarly = ({ from, order }: { from: string; order: number }) =>
    from === "client" && order < (response?.order ?? Number.POSITIVE_INFINITY);
  const frame = frames.find(isEarly);
  if (!frame) return response ? [held(requirement, response.at), held("IID-HS-010", response.at)] : [];
  const expected = "nothing before the whole response";
  const message = messages.find((one) => isEarly(one) && one.netconf !== undefined);
  const early = broken(requirement, "A frame was sent before the response came", frame.at, {
    expected,
    got: shownFrame(frame),
  });
  if (!message) return [early];
  const text = "A NETCONF message was sent before the opening handshake had succeeded";
  return [early, broken("IID-HS-010", text, message.at, { expected, got: shownMessage(message) })];
}

/** A connection that was opened before the response to another came was opened without waiting for it. */
function serialReports(requirement: string, views: readonly ConnectionView[]): Report[] {
  const ordered = views.filter(({ openedAt }) => openedAt >= 0).sort((a, b) => a.openedAt - b.openedAt);
  for (const [index, view] of ordered.entries()) {
    const before = ordered.slice(0, index).find((earlier) => openingEnds(earlier) > view.openedAt);
    if (before)
      return [
        broken(requirement, "A connection was opened while another was in its opening phase", view.openedAt, {
          expected: "one connection after the other",
          got: `${view.name} opened before the response on ${before.name}`,
        }),
      ];
  }
  const last = ordered.at(-1);
  return ordered.length < 2 || !last ? [] : [held(requirement, last.openedAt)];
}

function openingEnds({ response, ends }: ConnectionView): number {
  return Math.min(...[response?.at, ends[0]?.at].map((at) => at ?? Number.POSITIVE_INFINITY));
}
