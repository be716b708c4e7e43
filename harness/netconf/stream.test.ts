import { describe, expect, test } from "vitest";
import { readStreams } from "./stream.ts";
import { NS } from "./types.ts";
import { readXml } from "./xml.ts";

function read(streams: string, ns: string = NS.netmod) {
  const reading = readXml(
    `<data xmlns="${NS.base}"><netconf xmlns="${ns}"><streams>${streams}</streams></netconf></data>`,
  );
  if (!reading.ok) throw new Error(reading.error.message);
  return readStreams(reading.root);
}

const problems = (streams: string): string[] => read(streams).problems.map(({ requirement }) => requirement);
const time = "2008-07-08T00:00:00Z";
const netconf = `<stream><name>NETCONF</name><description>all</description><replaySupport>false</replaySupport></stream>`;
const stream = (inner: string): string => `${netconf}<stream><name>s</name><description/>${inner}</stream>`;
const replay = "<replaySupport>true</replaySupport>";
const created = `<replayLogCreationTime>${time}</replayLogCreationTime>`;

test("entries are read, values trimmed", () => {
  const { streams, problems: found } = read(
    `${netconf}<stream><name> syslog\n</name><description>x</description><replaySupport> 1 </replaySupport>
      <replayLogCreationTime>
        ${time}
      </replayLogCreationTime><replayLogAgedTime>2008-07-08T09:00:00+09:00</replayLogAgedTime></stream>`,
  );
  expect(found).toEqual([]);
  expect(streams[0]).toMatchObject({ name: "NETCONF", description: "all", replaySupport: false });
  expect(streams[1]).toMatchObject({
    name: "syslog",
    replaySupport: true,
    replayLogCreationTime: { offsetMinutes: 0 },
  });
  expect(streams[1]?.replayLogAgedTime?.nanos).toBe(streams[1]?.replayLogCreationTime?.nanos);
});

describe("problems", () => {
  test.each([
    ["none", stream(replay + created), []],
    [
      "no NETCONF",
      "<stream><name>netconf</name><description/><replaySupport>0</replaySupport></stream>",
      ["NTF-STR-001"],
    ],
    ["no streams", "", ["NTF-STR-001"]],
    ["a name twice", netconf + netconf, ["NTF-STR-002"]],
    ["two names", netconf.replace("<name>", "<name>x</name><name>"), ["NTF-STR-002", "NTF-STR-001"]],
    ["an empty name", stream(replay + created).replace("<name>s<", "<name> <"), ["NTF-STR-002"]],
    ["no description", netconf.replace("<description>all</description>", ""), ["NTF-STR-002"]],
    ["no replaySupport", stream(""), ["NTF-STR-002"]],
    ["replaySupport yes", stream("<replaySupport>yes</replaySupport>"), ["NTF-STR-002"]],
    ["replaySupport TRUE", stream("<replaySupport>TRUE</replaySupport>"), ["NTF-STR-002"]],
    ["no creation time", stream(replay), ["NTF-STR-003"]],
    ["an epoch", stream(`${replay}<replayLogCreationTime>1215475200</replayLogCreationTime>`), ["NTF-STR-003"]],
    ["no zone", stream(replay + created.replace("Z<", "<")), ["NTF-STR-003"]],
    ["a bad aged time", stream(`${replay}${created}<replayLogAgedTime/>`), ["NTF-STR-004"]],
    ["two creation times", stream(replay + created + created), ["NTF-STR-002"]],
  ])("%s", (_, streams, expected) => {
    expect(problems(streams)).toEqual(expected);
  });

  test("another namespace holds no streams", () => {
    expect(read(netconf, NS.notification)).toMatchObject({ streams: [], problems: [{ requirement: "NTF-STR-001" }] });
  });
});
