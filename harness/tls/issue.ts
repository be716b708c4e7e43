/**
 * X.509 certificates (RFC 5280) for tests: made when they are needed, with keys that nobody keeps. A
 * certificate of this kind is some hundred bytes of DER, so it is written here; a library for it takes longer
 * to load than all the cases that need one.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { der, implicit, objectIdentifier, tagged } from "./der.ts";

/** A subjectAltName, in the order in which the certificate is to have them. */
export type AlternativeName =
  | { readonly email: string }
  | { readonly dns: string }
  | { readonly uri: string }
  /** IPv4 or IPv6 in text form. */
  | { readonly ip: string };

export interface Subject {
  readonly commonName: string;
  readonly names?: readonly AlternativeName[];
  /** It may issue others. */
  readonly authority?: boolean;
}

/** A certificate and what it takes to use it; both in PEM. */
export interface Identity {
  /** Behind it those of its issuers, the root left out. */
  readonly cert: string;
  readonly key: string;
}

const oids = {
  commonName: "2.5.4.3",
  basicConstraints: "2.5.29.19",
  subjectAltName: "2.5.29.17",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
} as const;

const signatureAlgorithm = der("sequence", objectIdentifier(oids.ecdsaWithSha256));
/** Test data does not expire. */
const validity = der("sequence", time("20000101000000Z"), time("20991231235959Z"));

/** Makes a key pair (P-256) and its certificate, signed by `issuer` or by itself. */
export function issue(subject: Subject, issuer?: Identity): Identity {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const name = nameOf(subject.commonName);
  const body = der(
    "sequence",
    tagged(0, der("integer", Buffer.of(2))),
    serialNumber(),
    signatureAlgorithm,
    issuer ? subjectOf(issuer) : name,
    validity,
    name,
    pair.publicKey.export({ type: "spki", format: "der" }),
    tagged(3, der("sequence", ...extensionsOf(subject))),
  );
  const signature = sign("sha256", body, issuer?.key ?? key);
  const whole = der("sequence", body, signatureAlgorithm, der("bitString", Buffer.of(0), signature));
  const own = new X509Certificate(whole).toString();
  return { cert: issuer && !isRoot(issuer) ? `${own}${issuer.cert}` : own, key };
}

function isRoot({ cert }: Identity): boolean {
  const { subject, issuer } = new X509Certificate(cert);
  return subject === issuer;
}

/**
 * Fingerprint of a certificate in PEM as `tls-fingerprint` of RFC 7407 has it: the TLS identifier of the hash (4:
 * SHA-256) in front, all in hexadecimal with colons.
 */
export function fingerprintOf(cert: string): string {
  const digest = createHash("sha256").update(new X509Certificate(cert).raw).digest();
  return [4, ...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** Positive, and never the same twice. */
function serialNumber(): Buffer {
  const bytes = randomBytes(12);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return der("integer", bytes);
}

function time(text: string): Buffer {
  return der("generalizedTime", Buffer.from(text));
}

function nameOf(commonName: string): Buffer {
  const attribute = der("sequence", objectIdentifier(oids.commonName), der("utf8String", Buffer.from(commonName)));
  return der("sequence", der("set", attribute));
}

/** The names of the issuer are those that {@link nameOf} made. */
function subjectOf({ cert }: Identity): Buffer {
  const { CN } = new X509Certificate(cert).toLegacyObject().subject;
  return nameOf(String(CN));
}

function extensionsOf({ names = [], authority = false }: Subject): Buffer[] {
  const isAuthority = authority ? [der("boolean", Buffer.of(0xff))] : [];
  const extensions = [extension(oids.basicConstraints, true, der("sequence", ...isAuthority))];
  if (names.length > 0) extensions.push(extension(oids.subjectAltName, false, der("sequence", ...names.map(general))));
  return extensions;
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  const mark = critical ? [der("boolean", Buffer.of(0xff))] : [];
  return der("sequence", objectIdentifier(oid), ...mark, der("octetString", value));
}

/** GeneralName (RFC 5280 §4.2.1.6). */
function general(name: AlternativeName): Buffer {
  if ("email" in name) return implicit(1, Buffer.from(name.email));
  if ("dns" in name) return implicit(2, Buffer.from(name.dns));
  if ("uri" in name) return implicit(6, Buffer.from(name.uri));
  return implicit(7, addressBytes(name.ip));
}

function addressBytes(text: string): Buffer {
  if (isIP(text) === 4) return Buffer.from(text.split(".").map(Number));
  const [head = "", tail] = text.split("::");
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const [before, behind] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - behind.length }, () => "0");
  const hex = [...before, ...zeros, ...behind].map((group) => group.padStart(4, "0")).join("");
  return Buffer.from(hex, "hex");
}
