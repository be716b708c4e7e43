/** The part of websocket-driver 0.7 that the hybi-00 transport uses. */
declare module "websocket-driver" {
  import type { EventEmitter } from "node:events";

  interface Driver extends EventEmitter {
    readonly io: EventEmitter;
    setHeader(name: string, value: string): boolean;
    start(): boolean;
    parse(chunk: Uint8Array): void;
    text(message: string): boolean;
    close(): boolean;
  }

  const websocketDriver: {
    http(
      request: {
        method: string;
        url: string;
        headers: Readonly<Record<string, string | undefined>>;
        socket?: { secure: boolean };
      },
      options: { maxLength: number },
    ): Driver;
  };
  export = websocketDriver;
}
