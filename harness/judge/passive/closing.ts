/** Passive checks on how a connection is closed, for both ends: the answer to a Close, and who closes TCP. */
import type { DialectName, End } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, Conversation, SeenClose, SeenEnd, SeenFrame } from "../conversation.ts";
import { shownAfter, shownFrame } from "../describe.ts";
import { broken, held } from "../lookup.ts";
import { stretchesOf } from "../stretches.ts";

interface Rules {
  readonly answered: string;
  /** Not more than one Close; in hybi-00 the reader has it. */
  readonly once?: string;
  /** Who ends TCP when Close frames went both ways: the client leaves it to the server, the server does it at once. */
  readonly tcp?: string;
  /** A ping is answered before the Close that came behind it is. */
  readonly ping?: string;
}

const rulesOf: Record<DialectName, Record<End, Rules>> = {
  rfc6455: {
    server: { answered: "WS-CLS-006", once: "WS-CLS-008", tcp: "WS-CLS-009", ping: "WS-CTL-003" },
    client: { answered: "WS-CLS-006", once: "WS-CLS-008", tcp: "WS-CLS-010", ping: "WS-CTL-003" },
  },
  "hybi-06": {
    server: { answered: "H06-CLS-004", once: "H06-CLS-005", tcp: "H06-CLS-006", ping: "H06-CTL-003" },
    client: { answered: "H06-CLS-004", once: "H06-CLS-005", ping: "H06-CTL-003" },
  },
  "hybi-00": {
    server: { answered: "H00-CLS-003", tcp: "H00-CLS-005" },
    client: { answered: "H00-CLS-010" },
  },
};

export function closingReports({ connections, target, dialect }: Conversation): Report[] {
  const rules = rulesOf[dialect][target];
  return [...connections.values()].flatMap((connection) => {
    // Behind a loss either Close may have gone by unseen.
    const [view = connection] = stretchesOf(connection);
    const closing = closingOf(view, target);
    return [
      ...(rules.once === undefined ? [] : onceReports(rules.once, closing)),
      ...answerReports(rules.answered, view, closing),
      ...(rules.tcp === undefined ? [] : tcpReports(rules.tcp, closing)),
      ...(rules.ping === undefined ? [] : pingReports(rules.ping, view, closing)),
    ];
  });
}

interface Closing {
  readonly target: End;
  /** The first Close of the end that is judged, and of the other. */
  readonly own: SeenClose | undefined;
  readonly theirs: SeenClose | undefined;
  readonly ownFrames: readonly SeenFrame[];
  /** What ended TCP first. */
  readonly end: SeenEnd | undefined;
  /** The Close of the other end says nothing of what is right now: it broke a rule before, or the session was ended. */
  readonly excused: boolean;
}

function closingOf(view: ConnectionView, target: End): Closing {
  const first = (own: boolean) => view.closes.find(({ from }) => (from === target) === own);
  const theirs = first(false);
  return {
    target,
    own: first(true),
    theirs,
    ownFrames: view.frames.filter(({ from, frame }) => from === target && frame.kind === "close"),
    end: view.ends[0],
    excused:
      view.breaches.some(({ from, order }) => from === target || order < (theirs?.order ?? 0)) ||
      view.messages.some(({ netconf }) => netconf?.kind === "rpc" && endsSession(netconf.operation?.local)),
  };
}

/** Behind these the server ends the connection too, and its end may meet a Close that it has not read. */
function endsSession(operation: string | undefined): boolean {
  return operation === "close-session" || operation === "kill-session";
}

function onceReports(requirement: string, { ownFrames }: Closing): Report[] {
  const [first, second] = ownFrames;
  if (!first) return [];
  if (!second) return [held(requirement, first.at)];
  return [
    broken(requirement, "A second Close frame was sent", second.at, { expected: "one Close", got: shownFrame(second) }),
  ];
}

function answerReports(
  requirement: string,
  view: ConnectionView,
  { target, own, theirs, end, excused }: Closing,
): Report[] {
  if (!theirs) return [];
  if (own) return own.order > theirs.order ? [held(requirement, own.at)] : [];
  if (excused || end?.from !== target || end.order < theirs.order || end.how === "reset") return [];
  return [
    broken(requirement, "A Close was not answered before TCP was closed", end.at, {
      expected: "a Close, then the end of TCP",
      got: shownAfter(view, theirs.at, target),
    }),
  ];
}

/** Milliseconds between the Closes and the end of TCP up to which a client has not waited, and a server has closed at once. */
const patience = 1000;

function tcpReports(requirement: string, { target, own, theirs, end }: Closing): Report[] {
  if (!own || !theirs || !end || end.order < Math.max(own.order, theirs.order)) return [];
  if (end.from === "server") return [held(requirement, end.at)];
  const waited = end.t - Math.max(own.t, theirs.t);
  if (target === "client" && waited < patience)
    return [
      broken(requirement, "The client ended TCP first, without waiting for the server", end.at, {
        expected: "the server ends TCP",
        got: `the client's end ${Math.round(waited)} ms after the Close frames`,
      }),
    ];
  if (target === "server" && waited >= patience)
    return [
      broken(requirement, "TCP stayed open when Close frames had gone both ways", end.at, {
        expected: "the server ends TCP at once",
        got: `the client's end ${Math.round(waited)} ms after the Close frames`,
      }),
    ];
  return [];
}

/** Of several pings the latest has to be answered (RFC 6455 §5.5.3); the Close that is answered came behind it. */
function pingReports(
  requirement: string,
  { frames }: ConnectionView,
  { target, own, theirs, excused }: Closing,
): Report[] {
  if (!own || !theirs || own.order < theirs.order || excused) return [];
  const ping = frames.findLast(
    ({ from, frame, order }) => from !== target && frame.kind === "ping" && order < theirs.order,
  );
  if (!ping) return [];
  const payload = Buffer.from(ping.frame.payload);
  const pong = frames.find(
    ({ from, frame, order }) =>
      from === target && frame.kind === "pong" && order > ping.order && payload.equals(frame.payload),
  );
  if (pong) return [held(requirement, pong.at)];
  return [
    broken(requirement, "A ping was not answered, and the Close behind it was", own.at, {
      expected: `pong with payload ${payload.toString("hex") || "(empty)"}`,
      got: "no such pong",
    }),
  ];
}
