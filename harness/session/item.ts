/** What came over a connection, as the drive sees it. */
import type { NetconfMessage } from "../netconf/types.ts";
import type { Frame, Request, Response } from "../wire/types.ts";

export type Item =
  | { readonly type: "head"; readonly response: Response }
  | { readonly type: "response"; readonly response: Response }
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "malformed" }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "message"; readonly text: string; readonly netconf: NetconfMessage | undefined }
  | { readonly type: "close"; readonly code: number | undefined }
  | { readonly type: "end"; readonly how: "fin" | "reset" };
