/** NETCONF as data: namespace-true XML trees, messages, capabilities. Pure. */

export const NS = {
  base: "urn:ietf:params:xml:ns:netconf:base:1.0",
  notification: "urn:ietf:params:xml:ns:netconf:notification:1.0",
  netmod: "urn:ietf:params:xml:ns:netmod:notification",
  base6470: "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications",
  monitoring: "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring",
  xml: "http://www.w3.org/XML/1998/namespace",
  xmlns: "http://www.w3.org/2000/xmlns/",
} as const;

export interface XmlAttribute {
  /** "" when in no namespace. */
  readonly ns: string;
  readonly local: string;
  readonly prefix: string;
  readonly value: string;
}

export interface XmlText {
  readonly kind: "text";
  readonly value: string;
}

export interface XmlElement {
  readonly kind: "element";
  /** Namespace name, "" when none. */
  readonly ns: string;
  readonly local: string;
  readonly prefix: string;
  /** Without namespace declarations. */
  readonly attributes: readonly XmlAttribute[];
  /** Declarations made on this very element: prefix ("" = default) to namespace name. */
  readonly declarations: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | XmlText)[];
  readonly parent?: XmlElement;
}

export interface XmlLimits {
  /** Bytes of the document, default 16 MiB; depth of elements, default 1000; attributes of one element, default 1000; nodes in all, default 1e6. */
  readonly bytes?: number;
  readonly depth?: number;
  readonly attributes?: number;
  readonly nodes?: number;
}

export type XmlProblem = "not-utf8" | "declared-encoding" | "not-well-formed" | "namespace" | "doctype" | "limit";

export interface XmlError {
  readonly problem: XmlProblem;
  readonly message: string;
  /** 1-based line and column where known. */
  readonly line?: number;
  readonly column?: number;
}

export type XmlReading =
  | { readonly ok: true; readonly root: XmlElement; readonly hasBom: boolean; readonly hasDeclaration: boolean }
  | { readonly ok: false; readonly error: XmlError };

export interface RpcError {
  readonly type?: string;
  readonly tag?: string;
  readonly severity?: string;
  readonly appTag?: string;
  readonly path?: string;
  readonly message?: string;
  /** Children of error-info. */
  readonly info: readonly XmlElement[];
  readonly element: XmlElement;
}

export type NetconfMessage =
  | {
      readonly kind: "hello";
      readonly root: XmlElement;
      readonly capabilities: readonly string[];
      readonly sessionId?: string;
    }
  | { readonly kind: "rpc"; readonly root: XmlElement; readonly messageId?: string; readonly operation?: XmlElement }
  | {
      readonly kind: "rpc-reply";
      readonly root: XmlElement;
      readonly messageId?: string;
      readonly ok: boolean;
      readonly errors: readonly RpcError[] /** Children that are neither ok nor rpc-error. */;
      readonly data: readonly XmlElement[];
    }
  | {
      readonly kind: "notification";
      readonly root: XmlElement;
      readonly eventTime?: string /** The content element, if there is exactly one or more: the first. */;
      readonly content?: XmlElement;
    }
  | { readonly kind: "other"; readonly root: XmlElement };

/**
 * An instant with the precision it was written in. `nanos` since 1970-01-01T00:00:00Z, proleptic
 * Gregorian, leap seconds not counted.
 */
export interface Instant {
  readonly nanos: bigint;
  readonly fractionDigits: number;
  readonly offsetMinutes: number;
}
