import { filterData } from "../filter.ts";
import { NC } from "../names.ts";
import { streamsData } from "../streams.ts";
import { type Element, element } from "../xml-tree.ts";
import { datastoreNamed, filterContext, parameters } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

/** `get` (RFC 6241 §7.7): configuration and state data. */
export function get(request: Request): Outcome {
  const { filter } = parameters(request.operation, "filter");
  const { datastores, streams, lacking } = request.device;
  const state = lacking.has("notification") ? [] : [streamsData(streams)];
  return reply(request, [...datastores.running.read(), ...state], filter);
}

/** `get-config` (RFC 6241 §7.1): configuration only. */
export function getConfig(request: Request): Outcome {
  const { source, filter } = parameters(request.operation, "source", "filter");
  const name = datastoreNamed(request, source, "source");
  return reply(request, request.device.datastores[name].read(), filter);
}

function reply(request: Request, data: readonly Element[], filter: Element | undefined): Outcome {
  // Before the filter, which must not find out what may not be read.
  const readable = request.device.access.readable(request.session.username, data);
  const selected = filter ? filterData(filter, readable, filterContext(request, filter)) : readable;
  return { content: [element(NC, "data", ...selected)] };
}
