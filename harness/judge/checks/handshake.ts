/** Checks on the opening handshake. */
import type { Check } from "../check-types.ts";
import type { ConnectionView } from "../conversation.ts";
import { shownAnswer, shownFrame } from "../describe.ts";
import { broken, fromTarget, held, unseen, viewOf } from "../lookup.ts";

/** `upgraded: { on, given? }`: the request was answered 101; with `given` asked only where that connection's was. */
export const upgraded: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  if (args["given"] !== undefined && viewOf(conversation, args["given"])?.response?.value.status !== 101)
    return unseen(requirement, `"${String(args["given"])}", which should be upgraded in any case, was not`);
  if (view.response?.value.status === 101) return held(requirement, view.response.at);
  return broken(requirement, "A legal opening request was not answered with 101", view.response?.at ?? view.lastAt, {
    expected: "HTTP 101",
    got: shownAnswer(view),
  });
};

/**
 * `refused: { on, http?, status? }`: no 101. With `http: true` a whole HTTP response is required, not only
 * a closed connection; `status` lists what is accepted, as numbers or `4xx`.
 */
export const refused: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  const status = view.response?.value.status;
  const at = view.response?.at ?? view.lastAt;
  if (status === 101)
    return broken(requirement, "An opening request that must be refused was answered with 101", at, {
      expected: expectedRefusal(args),
      got: "HTTP 101",
    });
  const got = shownAnswer(view);
  const endedByTarget = view.ends.some((end) => end.from === conversation.target);
  if (status === undefined && (args["http"] === true || !endedByTarget)) {
    return broken(
      requirement,
      endedByTarget ? "The refusal is no HTTP response" : "The request was neither answered nor refused",
      at,
      { expected: expectedRefusal(args), got },
    );
  }
  const wanted = args["status"] as readonly (string | number)[] | undefined;
  if (status !== undefined && wanted && !wanted.some((one) => statusFits(status, one))) {
    return broken(requirement, "The request was refused with another status", at, {
      expected: expectedRefusal(args),
      got,
    });
  }
  return held(requirement, at);
};

function expectedRefusal(args: Readonly<Record<string, unknown>>): string {
  const status = args["status"] as readonly (string | number)[] | undefined;
  const response = status ? `an HTTP response with status ${status.join(" or ")}` : "an HTTP error response";
  return args["http"] === true ? response : `${response}, or a closed connection`;
}

function statusFits(status: number, wanted: string | number): boolean {
  return typeof wanted === "number"
    ? status === wanted
    : new RegExp(`^${wanted.replaceAll("x", "\\d")}$`).test(String(status));
}

/** `not-upgraded: { on }`: whatever else the answer is, no 101 with the proof of this dialect. Silence is accepted. */
export const notUpgraded: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  if (view.response?.value.status !== 101) return held(requirement, view.lastAt);
  return broken(requirement, "The server upgraded a connection that it must not", view.response.at, {
    expected: "no 101",
    got: shownAnswer(view),
  });
};

/**
 * `field: { on, name, is? | oneOf? | matches? | absent?, ignoreCase?, ifStatus? }`: a field of the response
 * head. With `ifStatus` the rule binds responses of that status only; every other answer keeps it.
 */
export const field: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (view?.request && args["ifStatus"] !== undefined && view.response?.value.status !== args["ifStatus"])
    return held(requirement, view.lastAt);
  if (!view?.response) return unseen(requirement, `there is no response on "${String(args["on"])}"`);
  const name = String(args["name"]);
  const values = view.response.value.headers
    .filter((one) => one.name.toLowerCase() === name.toLowerCase())
    .map((one) => one.value);
  const problem = fieldProblem(args, values);
  if (problem === undefined) return held(requirement, view.response.at);
  return broken(requirement, `${name}: ${problem}`, view.response.at, {
    expected: expectedField(args),
    got: values.length === 0 ? "no such field" : values.join(" | "),
  });
};

function expectedField(args: Readonly<Record<string, unknown>>): string {
  if (args["absent"] === true) return "absent";
  return String(
    args["is"] ??
      (args["oneOf"] as readonly string[] | undefined)?.join(" or ") ??
      `matching ${String(args["matches"])}`,
  );
}

function fieldProblem(args: Readonly<Record<string, unknown>>, values: readonly string[]): string | undefined {
  if (args["absent"] === true) return values.length === 0 ? undefined : "the field must be absent";
  if (values.length === 0) return "the field is missing";
  const all = values.join(", ");
  const fold = (text: string) => (args["ignoreCase"] === true ? text.toLowerCase() : text);
  if (args["is"] !== undefined && fold(all) !== fold(String(args["is"]))) return "the field has another value";
  if (args["oneOf"] !== undefined && !(args["oneOf"] as readonly string[]).map(fold).includes(fold(all)))
    return "the field has another value";
  if (args["matches"] !== undefined && !new RegExp(String(args["matches"]), "i").test(all))
    return "the field has another value";
  return undefined;
}

/** `head-before: { on, label }`: the head of the response was complete before that step. */
export const headBefore: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const step = conversation.step(String(args["label"]));
  if (!view || !step) return unseen(requirement, `step "${String(args["label"])}" was not reached`);
  if (view.headAt !== undefined && view.headAt < step.at) return held(requirement, view.headAt);
  return broken(
    requirement,
    "The head of the response was held back until the rest of the request had come",
    view.headAt ?? view.lastAt,
    {
      expected: "status line and fields first",
      got: view.headAt === undefined ? shownAnswer(view) : "the head came only after the step",
    },
  );
};

/** `answered: { on }`: the request got a whole response, whatever its status, or the target ended TCP. */
export const answered: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  if (view.response) return held(requirement, view.response.at);
  if (fromTarget(conversation, view.ends).length > 0) return held(requirement, view.lastAt);
  return broken(requirement, "The request was neither answered nor refused", view.lastAt, {
    expected: "an HTTP response, or the end of TCP",
    got: shownAnswer(view),
  });
};

/** `no-field: { on, names }`: none of these fields in the answer, be it whole or not. A refusal keeps the rule. */
export const noField: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  const lines = headLines(view);
  if (!/^HTTP\/\S+ 101\b/.test(lines[0] ?? "")) return held(requirement, view.lastAt);
  const wanted = (args["names"] as readonly string[]).map((name) => name.toLowerCase());
  const found = lines.slice(1).find((line) => wanted.includes(line.split(":")[0]?.toLowerCase() ?? ""));
  if (found === undefined) return held(requirement, view.headAt ?? view.lastAt);
  return broken(
    requirement,
    `The 101 response has a field ${found.split(":")[0]}, which does not belong there`,
    view.headAt ?? view.lastAt,
    {
      expected: `no ${(args["names"] as readonly string[]).join(", no ")}`,
      got: found,
    },
  );
};

/** Lines of the answer's head from its bytes: an answer of another dialect is none that the reader can finish. */
function headLines(view: ConnectionView): string[] {
  return (
    Buffer.from(view.answer)
      .toString("latin1")
      .split(/\r?\n\r?\n/)[0] ?? ""
  ).split(/\r?\n/);
}

/** `selected: { on, nth }`: the request was answered 101 with the nth (from 1) of the subprotocols it offered. */
export const selected: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  const wanted = view.request.subprotocols[Number(args["nth"]) - 1];
  if (wanted === undefined)
    throw new Error(`selected: the request offers no subprotocol number ${String(args["nth"])}`);
  const expected = `HTTP 101 with the subprotocol ${wanted}`;
  const { response } = view;
  if (response?.value.status !== 101)
    return broken(
      requirement,
      "A request that offers a supported subprotocol was not answered with 101",
      response?.at ?? view.lastAt,
      { expected, got: shownAnswer(view) },
    );
  if (response.value.subprotocol === wanted) return held(requirement, response.at);
  return broken(requirement, "A supported subprotocol of the offer was not selected", response.at, {
    expected,
    got: response.value.subprotocol ?? "none",
  });
};

/** `kept: { on, rule }`: the 101 response keeps that rule of the wire (`response-proof`, `response-location`, ...). */
export const kept: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (view?.response?.value.status !== 101)
    return unseen(requirement, `there is no 101 response on "${String(args["on"])}"`);
  const seen = fromTarget(conversation, view.breaches).find((one) => one.breach.rule === args["rule"]);
  return seen ? broken(requirement, seen.breach.message, seen.at) : held(requirement, view.response.at);
};

/** `frame-follows: { on }`: what stands behind the handshake is a frame of the dialect, not a stray byte. */
export const frameFollows: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (view?.response?.value.status !== 101)
    return unseen(requirement, `there is no 101 response on "${String(args["on"])}"`);
  const first = fromTarget(conversation, view.frames)[0];
  const breach = fromTarget(conversation, view.breaches).find(
    (seen) => seen.breach.offset === 0 && !seen.breach.rule.startsWith("response-"),
  );
  if (first && first.frame.kind !== "reserved" && first.frame.kind !== "continuation") return held(requirement, first.at);
  if (!first && !breach) return unseen(requirement, `no frame came on "${String(args["on"])}"`);
  return broken(requirement, "The bytes behind the handshake are no frame", first?.at ?? breach?.at ?? view.lastAt, {
    expected: "the first byte of a frame",
    got: first ? shownFrame(first) : (breach?.breach.message ?? ""),
  });
};
