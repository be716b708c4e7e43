import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { RunningTarget, TargetFile } from "../target/types.ts";
import { keyRing } from "../tls/key-ring.ts";
import { type DriveContext, DriveStop } from "./context.ts";
import { entranceOf } from "./entrance.ts";
import { certificateStep } from "./steps/certificate.ts";
import { targetAt } from "./testing/driven.ts";

const access: Partial<TargetFile["access"]> = {
  headers: { "X-A": "b" },
  tls: { ca: "CA", cert: "own", key: "own key" },
  users: {
    reader: { username: "joe", password: "p", headers: {}, tls: { cert: "reader", key: "reader key" } },
    deaf: { username: "deaf", headers: {} },
  },
};

function contextOf(more: Partial<RunningTarget> = {}, claims: Partial<TargetFile["claims"]> = {}): DriveContext {
  const target = {
    ...targetAt(80, { access, claims }),
    tls: { host: "127.0.0.2", port: 443 },
    keys: keyRing(),
    ...more,
  };
  const certificates = new Map([["made", { cert: "made", key: "made key" }]]);
  return { target, certificates, serial: "s", recorder: { add: () => 0, entries: [] } } as unknown as DriveContext;
}

describe("a connection comes in", () => {
  test("at the target's own port as the suite's own user", () => {
    expect(entranceOf(contextOf(), {})).toMatchObject({
      host: "127.0.0.1",
      port: 80,
      secure: false,
      headers: { "X-A": "b" },
    });
    expect(entranceOf(contextOf({ secure: true }), {})).toMatchObject({
      port: 80,
      secure: true,
      tls: { ca: "CA", cert: "own" },
    });
  });

  test.each([
    [{ over: "tls" }, { port: 443, secure: true, tls: { ca: "CA", cert: "own", key: "own key" } }],
    [{ over: "tcp" }, { port: 443, secure: false }],
    [{ user: "reader" }, { port: 443, secure: true, tls: { ca: "CA", cert: "reader", key: "reader key" } }],
    [{ certificate: "made" }, { port: 443, secure: true, tls: { ca: "CA", cert: "made", key: "made key" } }],
  ])("with %j", (args, expected) => expect(entranceOf(contextOf(), args)).toMatchObject(expected));

  test("without a certificate where none is wanted", () => {
    expect(entranceOf(contextOf(), { certificate: "none" }).tls).toEqual({ ca: "CA", servername: undefined });
  });

  test("with the fields of a user, where users come from these", () => {
    const cookie = entranceOf(contextOf({}, { profile: "02" }), { user: "reader" });
    expect(cookie).toMatchObject({ port: 80, secure: false, headers: { "X-A": "b", Cookie: "netconf_username=joe" } });
  });

  test.each([
    [{ user: "nobody" }, /no user "nobody"/],
    [{ certificate: "other" }, /no certificate "other"/],
  ])("not with %j", (args, message) => {
    expect(() => entranceOf(contextOf(), args)).toThrow(DriveStop);
    expect(() => entranceOf(contextOf(), args)).toThrow(message);
  });

  test("not over TLS where there is none", () => {
    const { tls, ...target } = contextOf().target;
    expect(() => entranceOf({ ...contextOf(), target }, { over: "tls" })).toThrow("no port with TLS");
  });
});

test("a certificate is made under a name, and given to the ring of the target", async () => {
  const context = contextOf();
  await certificateStep(context, { as: "authority", authority: true });
  await certificateStep(context, { as: "leaf", issuer: "authority", commonName: "x", names: [{ dns: "a.example" }] });
  const leaf = new X509Certificate(context.certificates.get("leaf")?.cert ?? "");
  expect([leaf.subject, leaf.issuer, leaf.subjectAltName]).toEqual(["CN=x", "CN=authority s", "DNS:a.example"]);
  expect(context.target.keys?.find(leaf.raw)).toBe(context.certificates.get("leaf"));
  await expect(certificateStep(context, { as: "b", issuer: "none" })).rejects.toThrow('no certificate "none" was made');
});
