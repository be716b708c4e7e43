import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { type AlternativeName, fingerprintOf, issue } from "../tls/issue.ts";
import { type MapType, nameFrom, readNameEntry } from "./cert-to-name.ts";

const authority = issue({ commonName: "an authority", authority: true });

/** The name of a certificate with these names, by entries for it of these types. */
function named(names: readonly AlternativeName[], ...types: readonly MapType[]): string | undefined {
  const { cert } = issue({ commonName: "Jöe", names }, authority);
  const fingerprint = fingerprintOf(cert);
  const entries = types.map((mapType) => ({ fingerprint, mapType, name: "said" }));
  return nameFrom([new X509Certificate(cert), new X509Certificate(authority.cert)], entries);
}

test.each<[readonly AlternativeName[], MapType, string | undefined]>([
  [[], "specified", "said"],
  [[], "common-name", "Jöe"],
  [[{ email: "Joe.Doe@EXAMPLE.com" }], "san-rfc822-name", "Joe.Doe@example.com"],
  [[{ dns: "HOST.Example.COM" }], "san-dns-name", "host.example.com"],
  [[{ ip: "192.0.2.1" }], "san-ip-address", "192.0.2.1"],
  [[{ ip: "2001:db8::1" }], "san-ip-address", "20010db8000000000000000000000001"],
  [[{ uri: "urn:x" }, { dns: "a" }, { email: "b@c" }], "san-any", "a"],
  [[{ email: "x, DNS:y@z" }, { dns: "a" }], "san-dns-name", "a"],
  [[{ dns: "a" }], "san-rfc822-name", undefined],
  [[{ uri: "urn:x" }], "san-any", undefined],
])("%j by %s", (names, type, expected) => expect(named(names, type)).toBe(expected));

test("an entry that gives no name is passed over", () => {
  expect(named([{ dns: "a" }], "san-rfc822-name", "san-ip-address", "specified")).toBe("said");
  expect(named([{ dns: "a" }], "san-rfc822-name", "san-ip-address")).toBeUndefined();
});

test("the first entry that fits counts, for the certificate or for an issuer", () => {
  const { cert } = issue({ commonName: "x" }, authority);
  const chain = [new X509Certificate(cert), new X509Certificate(authority.cert)];
  const own = { fingerprint: fingerprintOf(cert), mapType: "specified", name: "own" } as const;
  const ca = { fingerprint: fingerprintOf(authority.cert), mapType: "specified", name: "ca" } as const;
  expect([nameFrom(chain, [own, ca]), nameFrom(chain, [ca, own]), nameFrom(chain, [])]).toEqual([
    "own",
    "ca",
    undefined,
  ]);
});

test("an entry is read from a control line", () => {
  expect(readNameEntry({ fingerprint: "04:AB", "map-type": "specified", name: "x" })).toEqual({
    fingerprint: "04:ab",
    mapType: "specified",
    name: "x",
  });
  for (const bad of [null, {}, { fingerprint: "04" }, { fingerprint: "04", "map-type": "other" }])
    expect(() => readNameEntry(bad)).toThrow(RangeError);
});
