/** Validation of messages and events: what the schemas refuse, alone and beside the rules written by hand; and nobody accused. */
import { describe, expect, test } from "vitest";
import { readXml } from "../../netconf/index.ts";
import { NS, type XmlElement } from "../../netconf/types.ts";
import { readConversation } from "../conversation.ts";
import { passiveReports } from "../judge.ts";
import { schema } from "../schemas.ts";
import {
  control,
  event,
  type Line,
  message,
  notification,
  reply,
  rpc,
  session,
  subscribed,
  transcriptOf,
} from "../testing/script.ts";
import { schemaReports } from "./schema.ts";
import { partsOf } from "./schema-parts.ts";

const rootOf = (text: string): XmlElement => {
  const reading = readXml(text);
  if (!reading.ok) throw new Error(reading.error.message);
  return reading.root;
};
const problems = (text: string): string[] =>
  partsOf(rootOf(text)).flatMap(({ name, document }) => [...schema(name).problems(document)]);

const base = `xmlns="${NS.base}"`;
const hello = (inside: string): string => `<hello ${base}>${inside}</hello>`;
const capabilities = "<capabilities><capability>urn:x</capability></capabilities>";
const answer = (inside: string, attributes = ' message-id="1"'): string =>
  `<rpc-reply ${base}${attributes}>${inside}</rpc-reply>`;
const fault = (more = "", type = "rpc", tag = "in-use", severity = "error"): string =>
  answer(
    `<rpc-error><error-type>${type}</error-type><error-tag>${tag}</error-tag><error-severity>${severity}</error-severity>${more}</rpc-error>`,
  );
const time = "<eventTime>2026-01-01T00:00:00.25+01:00</eventTime>";
const notified = (inside: string, attributes = ""): string =>
  `<notification xmlns="${NS.notification}"${attributes}>${time}${inside}</notification>`;
const of6470 = (name: string, inside: string, attributes = ""): string =>
  notified(`<${name} xmlns="${NS.base6470}"${attributes}>${inside}</${name}>`);
const user = "<username>u</username><session-id>4</session-id>";
const closed = "<termination-reason>closed</termination-reason>";

const invalid: Readonly<Record<string, readonly [string, string | RegExp]>> = {
  "a hello with nothing in it": [hello(""), /Missing child element/],
  "session-id before capabilities": [hello(`<session-id>1</session-id>${capabilities}`), /session-id.*not expected/],
  "session-id 0 in a hello": [hello(`${capabilities}<session-id>0</session-id>`), /less than the minimum/],
  "an element that hello does not have": [hello(`${capabilities}<version/>`), /version.*not expected/],
  "an attribute that hello does not have": [`<hello ${base} lang="en">${capabilities}</hello>`, /attribute 'lang'/],
  "a reply to too long a message-id": [answer("<ok/>", ` message-id="${"x".repeat(4096)}"`), /exceeds the allowed max/],
  "ok beside data": [answer("<ok/><data/>"), /data.*not expected/],
  "an error behind data": [
    answer(`<data/>${fault().replace(/^<rpc-reply[^>]*>|<\/rpc-reply>$/g, "")}`),
    /rpc-error.*not expected/,
  ],
  "an undefined error-tag": [fault("", "rpc", "no-luck"), /not an element of the set/],
  "an undefined error-type": [fault("", "xml"), /not an element of the set/],
  "an undefined error-severity": [fault("", "rpc", "in-use", "fatal"), /not an element of the set/],
  "an unknown element in rpc-error": [fault("<error-code>7</error-code>"), /error-code.*not expected/],
  "a foreign element in rpc-error": [fault('<code xmlns="urn:x"/>'), /code.*not expected/],
  "error-message before error-path": [
    fault("<error-message>x</error-message><error-path>/x</error-path>"),
    /error-path.*not expected/,
  ],
  "an undeclared prefix in bad-element": [
    fault("<error-info><bad-element>x:y</bad-element></error-info>"),
    /no corresponding namespace/,
  ],
  "an unknown element in error-info": [fault("<error-info><reason>x</reason></error-info>"), /reason.*not expected/],
  "text between elements of rpc-error": [fault("oops"), /element-only/],
  "a notification without eventTime": [
    `<notification xmlns="${NS.notification}"><x xmlns="urn:x"/></notification>`,
    /eventTime/,
  ],
  "a time that is none": [notified("").replace("2026-01-01", "2026-02-30"), /not a valid value/],
  "two contents": [notified('<x xmlns="urn:x"/><x xmlns="urn:x"/>'), /not expected/],
  "an attribute of notification": [notified('<x xmlns="urn:x"/>', ' severity="info"'), /attribute 'severity'/],
  "replayComplete with content": [
    notified(`<replayComplete xmlns="${NS.netmod}"><n/></replayComplete>`),
    /not expected|not allowed/,
  ],
  "notificationComplete with text": [
    notified(`<notificationComplete xmlns="${NS.netmod}">done</notificationComplete>`),
    /not allowed/,
  ],
  "an event that the module does not have": [of6470("netconf-session-pause", user), /No matching global/],
  "a missing mandatory leaf": [of6470("netconf-session-start", "<username>u</username>"), /session-id/],
  "a wrong enum": [
    of6470("netconf-session-end", `${user}<termination-reason>bored</termination-reason>`),
    /not an element of the set/,
  ],
  "a leaf of another event": [of6470("netconf-session-start", user + closed), /termination-reason.*not expected/],
  "a leaf twice": [of6470("netconf-session-end", `${user}<username>u</username>${closed}`), /username.*not expected/],
  "a number out of range": [
    of6470("netconf-session-start", "<username>u</username><session-id>4294967296</session-id>"),
    /not a valid value/,
  ],
  "killed-by 0": [
    of6470("netconf-session-end", `${user}<killed-by>0</killed-by><termination-reason>killed</termination-reason>`),
    /less than the minimum/,
  ],
  "changed by server and user": [
    of6470("netconf-config-change", `<changed-by><server/>${user}</changed-by>`),
    /not expected/,
  ],
  "a value in an empty leaf": [
    of6470("netconf-config-change", "<changed-by><server>yes</server></changed-by>"),
    /not allowed/,
  ],
  "an unknown edit operation": [
    of6470("netconf-config-change", `<changed-by><server/></changed-by><edit><operation>touch</operation></edit>`),
    /not an element of the set/,
  ],
  "an address that is a name": [of6470("netconf-session-start", `${user}<source-host>here</source-host>`), /pattern/],
};

describe("the schemas refuse", () => {
  test.each(Object.entries(invalid))("%s", (_what, [text, said]) => {
    expect(problems(text).join(" ")).toMatch(said);
  });
});

const valid: Readonly<Record<string, string>> = {
  "a hello": hello(`\n ${capabilities}\n <session-id> 4294967295 </session-id>`),
  "a client's hello": hello(capabilities),
  "an rpc": `<rpc ${base} message-id="a b" xmlns:x="urn:x" x:user="u"><get><filter><x xmlns=""/></filter></get></rpc>`,
  ok: answer("<ok/>", ' message-id="007" xmlns:ex="urn:ex" ex:user="u"'),
  data: answer("<data><x xmlns='urn:x' a='1'>text<y/></x></data>"),
  "data of another module": answer('<schema-text xmlns="urn:x">module x {}</schema-text>'),
  "a reply without message-id": fault().replace(' message-id="1"', ""),
  "two errors, then data": answer(
    `${fault()
      .replace(/^<rpc-reply[^>]*>|<\/rpc-reply>$/g, "")
      .repeat(2)}<data/>`,
  ),
  "an error with everything": fault(
    '<error-app-tag>x</error-app-tag><error-path>/x</error-path><error-message xml:lang="en">No &amp; no</error-message><error-info><bad-attribute>message-id</bad-attribute><bad-element>rpc</bad-element><more xmlns="urn:x"><a/></more></error-info>',
  ),
  "a prefix declared on the value": fault('<error-info><bad-element xmlns:x="urn:x">x:y</bad-element></error-info>'),
  "a notification": notified('<x xmlns="urn:x" a="1">text<y/></x>'),
  "a notification without content": notified(""),
  "the stream list is no control notification": notified(`<netconf xmlns="${NS.netmod}"><streams/></netconf>`),
  markers: notified(`<replayComplete xmlns="${NS.netmod}"/>`),
  "leaves in any order": of6470("netconf-session-end", `${closed}<session-id>4</session-id><username>u</username>`),
  "a session of another protocol": of6470("netconf-session-start", "<username/><session-id>0</session-id>"),
  "what another module adds": of6470(
    "netconf-session-start",
    `<t xmlns="urn:x"><u/></t>${user}`,
    ' xmlns:x="urn:x" x:m="1"',
  ),
  addresses: of6470("netconf-session-start", `${user}<source-host>fe80::1%eth0</source-host>`),
  "an address of both kinds": of6470("netconf-session-start", `${user}<source-host>::ffff:192.0.2.1</source-host>`),
  "edits between other leaves": of6470(
    "netconf-config-change",
    `<edit><operation>merge</operation><target xmlns:x="urn:x">/x:a[x:k='1']</target></edit><datastore>startup</datastore><changed-by>${user}</changed-by><edit/>`,
  ),
  "changed capabilities": of6470(
    "netconf-capability-change",
    "<changed-by><server/></changed-by><deleted-capability>urn:a</deleted-capability><added-capability>urn:b?c=d</added-capability>",
  ),
  "a confirmed commit that ran out": of6470("netconf-confirmed-commit", "<confirm-event>timeout</confirm-event>"),
  "what is no message of NETCONF": '<Envelope xmlns="urn:soap"/>',
};

describe("the schemas let pass", () => {
  test.each(Object.entries(valid))("%s", (_what, text) => {
    expect(problems(text)).toEqual([]);
  });
});

const reports = (...lines: readonly Line[]) => {
  const conversation = readConversation(transcriptOf("rfc6455", lines));
  return { schema: schemaReports(conversation, []), all: passiveReports(conversation) };
};
const charged = (list: readonly { outcome: string; requirement: string }[]): string[] => [
  ...new Set(list.filter(({ outcome }) => outcome === "broken").map(({ requirement }) => requirement)),
];

test.each<[string, Line]>([
  [
    "NC-XML-009",
    [
      session("a"),
      rpc("a", "r"),
      message("a", "server", fault("<error-code>7</error-code>").replace("in-use", "invalid-value")),
    ],
  ],
  ["NTF-MSG-011", [subscribed("a"), message("a", "server", notified(event("t."), ' severity="info"'))]],
  [
    "NTF-BASE-009",
    [
      subscribed("a"),
      notification("a", `<netconf-session-start xmlns="${NS.base6470}">${user}<x/></netconf-session-start>`),
    ],
  ],
])("%s is charged", (requirement, lines) => {
  expect(charged(reports(lines).schema)).toEqual([requirement]);
});

test("what a rule of its own has charged is not charged again", () => {
  const lines = [
    subscribed("a"),
    notification("a", `<netconf-session-end xmlns="${NS.base6470}">${user}</netconf-session-end>`),
  ];
  expect(charged(reports(lines).schema)).toEqual(["NTF-BASE-009"]);
  expect(charged(reports(lines).all)).toEqual(["NTF-BASE-002"]);
});

test("a clean conversation keeps all three", () => {
  const lines = [
    subscribed("a", { startTime: "2025-01-01T00:00:00Z" }),
    notification("a", `<netconf-session-start xmlns="${NS.base6470}">${user}</netconf-session-start>`),
    control("a", "replayComplete"),
    rpc("a", "one"),
    reply("a", "one"),
  ];
  const held = new Set(reports(lines).schema.map(({ requirement, outcome }) => `${requirement} ${outcome}`));
  expect([...held].sort()).toEqual(["NC-XML-009 held", "NTF-BASE-009 held", "NTF-MSG-011 held"]);
});

test("messages that differ by numbers, times and free text are one document", () => {
  const documents = (texts: readonly string[]) =>
    new Set(texts.flatMap((text) => partsOf(rootOf(text)).map(({ document }) => document)));
  const many = Array.from({ length: 50 }, (_, n) => [
    answer("<ok/>", ` message-id="${n}" xmlns:p${n}="urn:${n}"`),
    answer(`<data><x xmlns="urn:${n}"/></data>`, ` message-id="${n}"`),
    hello(`${capabilities}<session-id>${n + 1}</session-id>`),
    notified(`<x xmlns="urn:x">${n}</x>`).replace(":00.25", `:${10 + (n % 50)}`),
    of6470("netconf-session-start", user.replace("4", String(n + 1))),
  ]).flat();
  expect(documents(many).size).toBe(6);
});
