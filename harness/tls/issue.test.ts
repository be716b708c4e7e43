import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { fingerprintOf, issue } from "./issue.ts";
import { keyRing } from "./key-ring.ts";

const authority = issue({ commonName: "an authority", authority: true });

test("a certificate of an authority is signed by it, and its own by itself", () => {
  const root = new X509Certificate(authority.cert);
  const leaf = new X509Certificate(issue({ commonName: "someone" }, authority).cert);
  expect([root.ca, leaf.ca]).toEqual([true, false]);
  expect(leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.checkIssued(root)).toBe(true);
  expect(root.verify(root.publicKey)).toBe(true);
  expect(new X509Certificate(issue({ commonName: "someone" }).cert).verify(root.publicKey)).toBe(false);
});

test("a certificate brings those between it and the root along", () => {
  const between = issue({ commonName: "between", authority: true }, authority);
  const leaf = issue({ commonName: "someone" }, between);
  expect(leaf.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(leaf.cert.endsWith(between.cert)).toBe(true);
  expect(new X509Certificate(leaf.cert).issuer).toBe("CN=between");
});

test("the key belongs to the certificate", () => {
  const { cert, key } = issue({ commonName: "someone" }, authority);
  const [{ createPrivateKey }, parsed] = [process.getBuiltinModule("node:crypto"), new X509Certificate(cert)];
  expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
});

test("names come in the order given, as another reader reads them", () => {
  const names = [{ uri: "http://x/" }, { dns: "HOST.Example.COM" }, { email: "Joe@EXAMPLE.com" }, { ip: "192.0.2.1" }];
  const { cert } = issue({ commonName: "Jöe", names: [...names, { ip: "2001:db8::1" }, { ip: "::1" }] as never });
  const { subjectAltName, subject } = new X509Certificate(cert);
  expect(subject).toBe("CN=Jöe");
  expect(subjectAltName?.split(", ")).toEqual([
    "URI:http://x/",
    "DNS:HOST.Example.COM",
    "email:Joe@EXAMPLE.com",
    "IP Address:192.0.2.1",
    "IP Address:2001:DB8:0:0:0:0:0:1",
    "IP Address:0:0:0:0:0:0:0:1",
  ]);
});

test("lengths of more than one byte", () => {
  const dns = Array.from({ length: 400 }, (_, index) => ({ dns: `host-${index}.example` }));
  const { cert } = issue({ commonName: "many", names: dns });
  expect(new X509Certificate(cert).subjectAltName?.split(", ")).toHaveLength(400);
});

test("a fingerprint is that of the certificate with the hash in front", () => {
  const { fingerprint256 } = new X509Certificate(authority.cert);
  expect(fingerprintOf(authority.cert)).toBe(`04:${fingerprint256.toLowerCase()}`);
});

test("a ring knows what was put into it", () => {
  const mine = issue({ commonName: "mine" });
  const ring = keyRing(mine);
  ring.add(authority);
  const find = ({ cert }: { cert: string }) => ring.find(new X509Certificate(cert).raw);
  expect([find(mine), find(authority), find(issue({ commonName: "mine" }))]).toEqual([mine, authority, undefined]);
});
