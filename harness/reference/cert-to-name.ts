/** User names from client certificates (RFC 7589 §7). */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { isXmlText } from "./xml-tree.ts";

const mapTypes = ["specified", "san-rfc822-name", "san-dns-name", "san-ip-address", "san-any", "common-name"] as const;

export type MapType = (typeof mapTypes)[number];

/** An entry of the list of RFC 7407 `cert-to-name`. */
export interface NameEntry {
  /** `tls-fingerprint`: SHA-256 with its identifier 04 in front, in hexadecimal with colons. */
  readonly fingerprint: string;
  readonly mapType: MapType;
  /** What `specified` says. */
  readonly name?: string;
}

/** @throws RangeError when it is no such entry */
export function readNameEntry(value: unknown): NameEntry {
  const { fingerprint, "map-type": type, name } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const mapType = mapTypes.find((known) => known === type);
  if (typeof fingerprint !== "string" || mapType === undefined)
    throw new RangeError("cert-to-name lists objects with fingerprint and map-type.");
  return { fingerprint: fingerprint.toLowerCase(), mapType, ...(typeof name === "string" && { name }) };
}

/**
 * The name that the first entry gives that fits and gives one.
 * @param chain the certificate that was shown, then those of its issuers
 * @returns undefined when no entry does
 */
export function nameFrom(chain: readonly X509Certificate[], entries: readonly NameEntry[]): string | undefined {
  const [shown] = chain;
  if (shown === undefined) return undefined;
  const prints = chain.map(({ fingerprint256 }) => `04:${fingerprint256.toLowerCase()}`);
  for (const entry of entries.filter(({ fingerprint }) => prints.includes(fingerprint))) {
    const name = derive(shown, entry);
    if (name !== undefined && name !== "" && isXmlText(name)) return name;
  }
  return undefined;
}

function derive(shown: X509Certificate, { mapType, name }: NameEntry): string | undefined {
  if (mapType === "specified") return name;
  if (mapType === "common-name") {
    const { CN } = shown.toLegacyObject().subject as { readonly CN?: string | string[] };
    return Array.isArray(CN) ? CN.at(-1) : CN;
  }
  const names = alternativeNames(shown);
  if (mapType === "san-any") return names[0]?.value;
  return names.find(({ type }) => type === mapType)?.value;
}

type NameType = Extract<MapType, "san-rfc822-name" | "san-dns-name" | "san-ip-address">;

const nameTypes: Readonly<Record<string, NameType>> = {
  email: "san-rfc822-name",
  DNS: "san-dns-name",
  "IP Address": "san-ip-address",
};

/** The names of a supported type in the order of the certificate, as user names. */
function alternativeNames({ subjectAltName = "" }: X509Certificate): { type: NameType; value: string }[] {
  const listed = subjectAltName.matchAll(/([A-Za-z][\w ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g);
  return [...listed].flatMap(([, kind = "", text = ""]) => {
    const type = nameTypes[kind];
    return type === undefined ? [] : [{ type, value: userName(type, text.startsWith('"') ? JSON.parse(text) : text) }];
  });
}

function userName(type: NameType, text: string): string {
  if (type === "san-dns-name") return text.toLowerCase();
  if (type === "san-rfc822-name") return text.replace(/@[^@]*$/, (host) => host.toLowerCase());
  return isIP(text) === 6 ? groupsOf(text).join("").toLowerCase() : text;
}

/** The eight groups of an IPv6 address with all their digits. */
function groupsOf(text: string): string[] {
  const [before = [], behind = []] = text.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array.from({ length: 8 - before.length - behind.length }, () => "0");
  return [...before, ...zeros, ...behind].map((group) => group.padStart(4, "0"));
}
