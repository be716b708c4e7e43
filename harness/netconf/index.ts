/** NETCONF as data: documents, messages, capabilities, filters, times and streams. Pure. */
export * from "./build.ts";
export * from "./capability.ts";
export * from "./compare.ts";
export { escapeAttribute, escapeXml } from "./escape.ts";
export * from "./framing.ts";
export { indented } from "./indented.ts";
export * from "./instant.ts";
export { readMessage, readRpcError } from "./message.ts";
export { type ReadMessage, readPayload } from "./read.ts";
export * from "./reply.ts";
export * from "./rpc-error.ts";
export { serialize } from "./serialize.ts";
export { readStreams, type Stream, type StreamProblem } from "./stream.ts";
export { type EventSelection, filterData, type SubtreeOptions, selectsEvent } from "./subtree-filter.ts";
export * from "./tree.ts";
export * from "./types.ts";
export { readXml } from "./xml.ts";
export { assertXPath, checkXPath, type XPathOutcome, xpathSelectsEvent } from "./xpath.ts";
