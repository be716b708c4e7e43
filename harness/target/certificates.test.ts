import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, expect, test } from "vitest";
import { issue } from "../tls/issue.ts";
import { loadTargetFile } from "./file.ts";
import { startTarget } from "./start.ts";

const folder = mkdtempSync(join(tmpdir(), "certificates-"));
afterAll(() => rmSync(folder, { recursive: true }));

const authority = issue({ commonName: "authority", authority: true });
const own = issue({ commonName: "own" }, authority);
const server = issue({ commonName: "server", names: [{ dns: "device.example" }] }, authority);
for (const [name, text] of Object.entries({
  "ca.pem": authority.cert,
  "own.pem": own.cert,
  "own.key": own.key,
  "other.key": server.key,
  "text.pem": "hello",
}))
  writeFileSync(join(folder, name), text);

function load(access: string, url = "wss://127.0.0.1:1/netconf") {
  const file = join(folder, "target.yaml");
  writeFileSync(file, `name: acme\nreach: { url: "${url}" }\naccess: ${access}\n`);
  return loadTargetFile(file);
}

test("what the files hold stands in the target file", () => {
  const { access } = load(
    "{ tls: { ca: ca.pem, cert: own.pem, key: own.key, servername: x }, users: { reader: { tls: { cert: own.pem, key: own.key } } } }",
  );
  expect(access.tls).toEqual({ ca: authority.cert, ...own, servername: "x" });
  expect(access.users).toEqual({ reader: { username: "reader", headers: {}, tls: own } });
});

test.each([
  ["{ tls: { ca: none.pem } }", "access.tls.ca: the file none.pem cannot be read"],
  ["{ tls: { ca: text.pem } }", "access.tls.ca: text.pem is no certificate in PEM"],
  ["{ tls: { cert: own.pem } }", 'access.tls: the key "key" is missing'],
  ["{ tls: { key: own.key } }", 'access.tls: the key "cert" is missing'],
  ["{ tls: { cert: own.pem, key: other.key } }", "access.tls.key: other.key is not the private key"],
  [
    "{ users: { deaf: { tls: { cert: text.pem, key: own.key } } } }",
    "access.users.deaf.tls.cert: text.pem is no certificate",
  ],
  ["{ users: { guest: {} } }", 'the key "guest" is not known here'],
  ["{ users: { reader: { tls: { cert: own.pem } } } }", 'the key "key" is missing'],
])("%s is refused in one line", (access, message) => {
  expect(() => load(access)).toThrow(message);
});

test("the certificate of a target is checked before the run", async () => {
  const listener = createServer({ ...server });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as { port: number };
  const refusal = (access: string) =>
    startTarget(load(access, `wss://127.0.0.1:${port}/netconf`)).then(
      () => "started",
      ({ message }: Error) => message,
    );
  try {
    expect(await refusal("{}")).toMatch(/^acme: the certificate of the target is not trusted \(.*access\.tls\.ca/);
    expect(await refusal("{ tls: { ca: ca.pem } }")).toMatch(/is for another name.*set access\.tls\.servername$/);
    expect(await refusal("{ tls: { ca: ca.pem, servername: device.example } }")).toBe("started");
  } finally {
    listener.close();
  }
});
