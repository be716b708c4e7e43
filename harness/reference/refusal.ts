import type { Socket } from "node:net";

/** A complete HTTP answer other than 101. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 426 | 431;
  /** Further header lines. */
  readonly headers?: readonly string[];
  readonly reason: string;
}

const PHRASES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
} as const;

/** Header lines every answer carries, the 101 included (draft-iijima-netconf-websocket-ps-04 §4). */
export const NO_CACHE: readonly (readonly [name: string, value: string])[] = [
  ["Cache-Control", "no-cache"],
  ["Pragma", "no-cache"],
];

/** Milliseconds a refused client may take to read the answer and close. */
const LINGER = 1000;

/** Answers and closes. What the client still sends is read and dropped, lest a reset destroy the answer. */
export function refuse(socket: Socket, { status, headers = [], reason }: Refusal): void {
  const body = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${PHRASES[status]}`,
    ...NO_CACHE.map(([name, value]) => `${name}: ${value}`),
    `Connection: ${status === 426 ? "Upgrade, close" : "close"}`,
    ...headers,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.removeAllListeners("data");
  socket.resume();
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), LINGER);
  socket.once("close", () => clearTimeout(timer));
}
