/** Checks on the opening handshake. */
import type { Check } from "../check-types.ts";
import { shownAnswer } from "../describe.ts";
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
 * head. With `ifStatus` the rule binds responses of that status only; every other answer keeps it, as does ending TCP.
 */
export const field: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const isOver = view !== undefined && (view.response !== undefined || fromTarget(conversation, view.ends).length > 0);
  if (isOver && args["ifStatus"] !== undefined && view.response?.value.status !== args["ifStatus"])
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
