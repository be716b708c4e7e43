/** Checks on a client: what it sends of its own accord, and what it says that it received. */
import type { Check } from "../check-types.ts";
import type { ConnectionView, Conversation } from "../conversation.ts";
import { excerpt, hex, shownAfter, shownMessage } from "../describe.ts";
import {
  answerTo,
  broken,
  fromTarget,
  held,
  marksOf,
  reportsOf,
  type SeenMark,
  type SeenReport,
  targetEnd,
  unseen,
  viewOf,
} from "../lookup.ts";

/**
 * `reported: { of, holds? }`: the client says of every notification of that mark that it received it: each once, in the
 * order in which they went out, and with that text in it.
 */
export const reported: Check = (args, { conversation, requirement }) => {
  const marks = marksOf(conversation, String(args["of"]));
  const last = marks.at(-1);
  if (!last) return unseen(requirement, `no notification "${String(args["of"])}" went out`);
  const reports = reportsOf(conversation, "notification");
  const places = placesOf(reports, marks);
  const missing = places.filter((found) => found.length === 0).length;
  const expected = `${marks.length} reports, one of each`;
  if (missing > 0)
    return broken(requirement, "A notification was not received", last.at, {
      expected,
      got: `${missing} of ${marks.length} missing`,
    });
  const twice = places.findIndex((found) => found.length > 1);
  if (twice >= 0)
    return broken(requirement, "A notification was received more than once", places[twice]?.[1] ?? last.at, {
      expected,
      got: `number ${twice + 1} came ${places[twice]?.length} times`,
    });
  const changed =
    args["holds"] === undefined
      ? undefined
      : reports.find((report) => marks.some((mark) => isOn(report, mark)) && !holds(report, String(args["holds"])));
  if (changed)
    return broken(requirement, "A notification was received with another text", changed.at, {
      expected: String(args["holds"]),
      got: excerpt(String(changed.report["xml"])),
    });
  const order = places.map(([at = -1]) => at);
  const early = order.findIndex((at, index) => index > 0 && at < (order[index - 1] as number));
  if (early < 0) return held(requirement, order.at(-1));
  return broken(requirement, "Notifications were received in another order", order[early] as number, {
    expected: "the order in which they were sent",
    got: `number ${early + 1} before number ${early}`,
  });
};

/** Where each mark was reported. Reports mostly come in the order of the marks, so the next one is tried first. */
function placesOf(reports: readonly SeenReport[], marks: readonly SeenMark[]): number[][] {
  const places = marks.map((): number[] => []);
  let next = 0;
  for (const report of reports) {
    const found = isOn(report, marks[next]) ? next : marks.findIndex((mark) => isOn(report, mark));
    if (found < 0) continue;
    places[found]?.push(report.at);
    next = found + 1;
  }
  return places;
}

function isOn({ report: { xml } }: SeenReport, mark: SeenMark | undefined): boolean {
  return typeof xml === "string" && mark?.token !== undefined && xml.includes(mark.token);
}

function holds({ report: { xml } }: SeenReport, text: string): boolean {
  return typeof xml === "string" && xml.includes(text);
}

/** `not-reported: { of, probe? }`: the client received none of that mark. Proof: the probe was answered, or the connection ended. */
export const notReported: Check = (args, { conversation, requirement }) => {
  const marks = marksOf(conversation, String(args["of"]));
  const [first] = marks;
  if (!first) return unseen(requirement, `no notification "${String(args["of"])}" went out`);
  const found = reportsOf(conversation, "notification").find((report) => marks.some((mark) => isOn(report, mark)));
  if (found)
    return broken(requirement, "A notification was received that must not be", found.at, {
      expected: "no report",
      got: excerpt(String(found.report["xml"])),
    });
  const step = conversation.steps.find(({ at }) => at === first.at);
  const view = viewOf(conversation, step?.entry.conn ?? args["on"]);
  const answer = args["probe"] === undefined ? undefined : answerTo(conversation, args["probe"]);
  const at = answer?.at ?? (view && targetEnd(conversation, view));
  return at === undefined ? unseen(requirement, "nothing came later that proves it") : held(requirement, at);
};

/**
 * `said: { report, with?, is?, min? }`: the client made that report, with these values among its members, so many times
 * (default: at least once).
 */
export const said: Check = (args, { conversation, requirement }) => {
  const kind = String(args["report"]);
  if (!conversation.steps.some(({ entry }) => entry.step === "report"))
    return unseen(requirement, "the client made no report at all");
  const wanted = Object.entries((args["with"] ?? {}) as Readonly<Record<string, unknown>>);
  const fits = reportsOf(conversation, kind).filter(({ report }) =>
    wanted.every(([name, value]) => JSON.stringify(report[name]) === JSON.stringify(value)),
  );
  const { is, min = is ?? 1 } = args as { readonly is?: number; readonly min?: number };
  const at = fits.at(-1)?.at ?? conversation.transcript.entries.length - 1;
  if (fits.length >= min && (is === undefined || fits.length === is)) return held(requirement, at);
  const other = reportsOf(conversation, kind).at(-1);
  return broken(requirement, `The client did not report ${kind} as it should`, at, {
    expected: `${is ?? `at least ${min}`} of ${kind} ${JSON.stringify(Object.fromEntries(wanted))}`,
    got: other ? excerpt(JSON.stringify(other.report)) : "no such report",
  });
};

/**
 * `sent: { on, rpc, after?, is? }`: the client sent an rpc of that operation (`any`: whichever) behind that step, `is` times
 * (default: at least once; 0: never, and that the connection ended proves it).
 */
export const sent: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const after = args["after"] === undefined ? -1 : conversation.step(String(args["after"]))?.at;
  if (!view || after === undefined) return unseen(requirement, `"${String(args["on"])}" did not come so far`);
  const operation = String(args["rpc"]);
  const rpcs = fromTarget(conversation, view.messages).filter(
    ({ at, netconf }) =>
      at > after && netconf?.kind === "rpc" && (operation === "any" || netconf.operation?.local === operation),
  );
  const is = args["is"] === undefined ? undefined : Number(args["is"]);
  const expected = `${is ?? "at least one"} rpc ${operation}`;
  if (is === 0 && rpcs.length === 0) {
    const end = targetEnd(conversation, view);
    return end === undefined
      ? unseen(requirement, "the connection did not end, so one may still come")
      : held(requirement, end);
  }
  const [first] = rpcs;
  if (is === undefined ? first !== undefined : rpcs.length === is) return held(requirement, first?.at);
  const got = first ? shownMessage(rpcs.at(-1) ?? first) : shownAfter(view, after, conversation.target);
  return broken(requirement, `The client sent ${rpcs.length} rpcs ${operation}`, first?.at ?? view.lastAt, {
    expected,
    got,
  });
};

/** `opened: { on }`: the client took our response for what it is, and went on: a frame came behind it. */
export const opened: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const answer = conversation.steps.find(({ entry }) => entry.step === "respond" && entry.conn === view?.name);
  if (!view || !answer) return unseen(requirement, `"${String(args["on"])}" was not answered`);
  const frame = fromTarget(conversation, view.frames).find(
    ({ at, frame: { kind } }) => at > answer.at && kind !== "close",
  );
  if (frame) return held(requirement, frame.at);
  return broken(requirement, "The client did not take a right response", view.lastAt, {
    expected: "a frame behind the opening handshake",
    got: shownAfter(view, answer.at, conversation.target),
  });
};

/** `rejected: { after }`: the client took the response of that step for none: it sent no message behind it, and ended TCP. */
export const rejected: Check = (args, { conversation, requirement }) => {
  const step = conversation.step(String(args["after"]));
  const view = step && viewOf(conversation, step.entry.conn);
  if (!step || !view) return unseen(requirement, `step "${String(args["after"])}" was not reached`);
  const behind = fromTarget(conversation, view.frames).filter(({ at }) => at > step.at);
  const data = behind.find(({ frame }) => frame.kind !== "close");
  const expected = "the connection is failed, without a message";
  const got = shownAfter(view, step.at, conversation.target);
  const taken = data?.at ?? bytesBehindRefusal(conversation, view, step.at);
  if (taken !== undefined)
    return broken(requirement, "The client took a response that it must not take", taken, { expected, got });
  const end = fromTarget(conversation, view.ends)[0];
  if (end) return held(requirement, end.at);
  return broken(requirement, "The client did not fail the connection", view.lastAt, { expected, got });
};

/** Behind a response that is no 101 no frames are read, so whatever the client still sends tells that it took it for one. */
function bytesBehindRefusal(
  { transcript, target }: Conversation,
  view: ConnectionView,
  after: number,
): number | undefined {
  if (view.response === undefined || view.response.value.status === 101) return undefined;
  const at = transcript.entries.findIndex(
    (entry, place) => place > after && entry.type === "bytes" && entry.conn === view.name && entry.from === target,
  );
  return at < 0 ? undefined : at;
}

/** `offered: { on }`: the request offers the subprotocol of the task. */
export const offered: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const wanted = conversation.steps.find(({ entry }) => entry.step === "task")?.entry.detail?.["subprotocol"];
  if (!view?.request || wanted === undefined) return unseen(requirement, `"${String(args["on"])}" did not come so far`);
  const { subprotocols } = view.request;
  if (subprotocols.includes(String(wanted))) return held(requirement, view.requestAt);
  return broken(requirement, "The request does not offer the subprotocol of NETCONF", view.requestAt, {
    expected: `Sec-WebSocket-Protocol: ${String(wanted)}`,
    got: subprotocols.length === 0 ? "none" : subprotocols.join(", "),
  });
};

/** `asked: { on, field, has }`: the request has that field with that token in its list. */
export const asked: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request came on "${String(args["on"])}"`);
  const [field, has] = [String(args["field"]), String(args["has"])];
  const values = view.request.headers.filter(({ name }) => name.toLowerCase() === field.toLowerCase());
  const tokens = values.flatMap(({ value }) => value.split(",").map((token) => token.trim().toLowerCase()));
  if (tokens.includes(has)) return held(requirement, view.requestAt);
  return broken(requirement, `The request does not say ${field}: ${has}`, view.requestAt, {
    expected: `${field}: ${has}`,
    got: tokens.join(", ") || "no such field",
  });
};

/** `waited: { on }`: between its request and the response to it the client sent nothing. */
export const waited: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const answer = conversation.steps.find(({ entry }) => entry.step === "respond" && entry.conn === view?.name);
  if (!view?.request || !answer) return unseen(requirement, `"${String(args["on"])}" did not come so far`);
  const early = conversation.transcript.entries.findIndex(
    (entry, at) =>
      entry.type === "bytes" &&
      entry.conn === view.name &&
      entry.from === conversation.target &&
      at > view.requestAt &&
      at < answer.at,
  );
  const entry = conversation.transcript.entries[early];
  if (entry?.type !== "bytes") return held(requirement, answer.at);
  return broken(requirement, "The client sent more before it had the response", early, {
    expected: "nothing behind the request",
    got: hex(entry.data),
  });
};
