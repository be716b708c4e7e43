import { fromMicros, type Instant, readDateTime } from "../date-time.ts";
import { notificationFilter } from "../filter.ts";
import { badElement, invalidValue, missingElement, RpcFailure } from "../rpc-error.ts";
import { DEFAULT_STREAM, streamsData } from "../streams.ts";
import { type Element, elements, textOf } from "../xml-tree.ts";
import { filterContext, OK, parameters, simple } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

/** `create-subscription` (RFC 5277 §2.1.1). The first notification follows the reply. */
export function createSubscription(request: Request): Outcome {
  const { device, session, operation } = request;
  const given = parameters(operation, "stream", "filter", "startTime", "stopTime");
  if (device.notifier.isSubscribed(session.id)) throw failed("A subscription is active on this session.");
  if (given.stopTime && !given.startTime) throw missingElement("startTime");
  const name = given.stream ? simple(given.stream) : DEFAULT_STREAM;
  const stream = device.streams.get(name);
  // A stream that the user may not see is none (RFC 5277 §7).
  if (stream === undefined || !isListed(request, name)) throw invalidValue("There is no such stream.");
  const startTime = given.startTime && time(given.startTime);
  const stopTime = given.stopTime && time(given.stopTime);
  if (startTime !== undefined) {
    if (stream.log === undefined) throw failed("This stream has no replay.");
    if (stopTime !== undefined && stopTime < startTime) throw badElement("stopTime", "stopTime is before startTime.");
    if (startTime > fromMicros(device.clock.now())) throw badElement("startTime", "startTime is in the future.");
  }
  const filter = given.filter && notificationFilter(given.filter, filterContext(request, given.filter));
  const mayReceive = (content: Element): boolean => device.access.mayReceive(session.username, content);
  const options = { stream, filter, startTime, stopTime, mayReceive };
  const start = device.notifier.subscribe(session.id, session.send, options);
  return { ...OK, after: start };
}

/** Whether the stream stands in the list that the user may read. */
function isListed({ device, session }: Request, name: string): boolean {
  const list = device.access.readable(session.username, [streamsData(device.streams)]);
  const entries = list.flatMap(elements).flatMap(elements);
  return entries.some((entry) => elements(entry).some((leaf) => leaf.local === "name" && textOf(leaf) === name));
}

function time(parameter: Element): Instant {
  const instant = readDateTime(simple(parameter));
  if (instant !== undefined) return instant;
  throw badElement(parameter.local, `${parameter.local} is no date and time with a zone (RFC 3339).`);
}

function failed(message: string): RpcFailure {
  return new RpcFailure({ type: "protocol", tag: "operation-failed", message });
}
