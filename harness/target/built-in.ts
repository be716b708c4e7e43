import { fingerprintOf, type Identity, issue } from "../tls/issue.ts";
import { credentials } from "./credentials.ts";
import { controlReference } from "./reference-control.ts";
import { settingOf } from "./settings.ts";
import type { Access, ClientCertificate, RunningTarget, TargetFile, User } from "./types.ts";
import { userNames } from "./types.ts";

/** Starts the reference server on free ports of 127.0.0.1, without and with TLS, in this thread. */
export async function startBuiltIn(file: TargetFile): Promise<RunningTarget> {
  const foreign = file.claims.settings["foreign-origin"];
  const made = "builtIn" in file.reach && file.reach.builtIn !== true ? file.reach.builtIn : {};
  const settings = { ...made, ...(typeof foreign === "string" ? { refusedOrigins: [foreign] } : {}) };
  // Loaded only where it is used: reaching a URL needs neither its XML parser nor its WebSocket libraries.
  const { startReference } = await import("../reference/server.ts");
  const source = settingOf(file.claims, "username") as "none" | "cookie" | "http" | "certificate";
  const { authority, own, people } = identities();
  const reference = await startReference({
    ...settings,
    username: source,
    accounts: new Map(people.map(({ name }) => [name, passwordOf(name)])),
    tls: {
      ...own,
      ca: authority.cert,
      certToName: people.map(({ name, cert }) => ({ fingerprint: fingerprintOf(cert), mapType: "specified", name })),
    },
  });
  const { port, path, tlsPort = 0, close } = reference;
  return {
    file: { ...file, access: accessTo(file.access, source, authority, people) },
    host: "127.0.0.1",
    port,
    path,
    secure: false,
    tls: { host: "127.0.0.1", port: tlsPort },
    reach: "built-in",
    control: async (line) => controlReference(reference, line),
    stop: close,
  };
}

interface Identities {
  readonly authority: Identity;
  readonly own: Identity;
  readonly people: readonly Person[];
}

let issued: Identities | undefined;

/** The certificates of the references of this process: made once, since they take longer than a start without. */
function identities(): Identities {
  if (issued) return issued;
  const authority = issue({ commonName: "ncwspec test authority", authority: true });
  const own = issue({ commonName: "localhost", names: [{ ip: "127.0.0.1" }] }, authority);
  const people = ["admin", ...userNames].map((name) => ({ name, ...issue({ commonName: name }, authority) }));
  issued = { authority, own, people };
  return issued;
}

/** No secret: it opens a server that this process has made, for the time of a run. */
function passwordOf(name: string): string {
  return `password of ${name}`;
}

type Person = ClientCertificate & { readonly name: string };

/** How its users come in: the suite's own, who may do everything, and the others. */
function accessTo(access: Access, source: string, authority: Identity, people: readonly Person[]): Access {
  const [admin, ...others] = people;
  const users = others.map(({ name, cert, key }): [string, User] => {
    return [name, { username: name, password: passwordOf(name), headers: {}, tls: { cert, key } }];
  });
  const own = admin && { username: admin.name, password: passwordOf(admin.name), headers: {} };
  return {
    ...access,
    headers: { ...access.headers, ...(own && credentials(source, own)) },
    tls: { ca: authority.cert, ...(admin && { cert: admin.cert, key: admin.key }) },
    users: Object.fromEntries(users),
  };
}
