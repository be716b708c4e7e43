import { expect, test } from "vitest";
import type { Listed, MatrixFile } from "./file.ts";
import { planCells } from "./plan.ts";

const peer = (name: string, role: "server" | "client", more: Partial<Listed> = {}): Listed => ({ name, role, ...more });
const file = (more: Partial<MatrixFile>): MatrixFile => ({
  path: "matrix.yaml",
  title: "",
  dialects: ["hybi-00", "hybi-06", "rfc6455"],
  servers: [],
  clients: [],
  activities: [],
  suites: {},
  known: [],
  ...more,
});
const ids = (given: Partial<MatrixFile>) => planCells(file(given)).map(({ id }) => id);

test("a cell for each dialect that both claim, and one where they have none in common", () => {
  const servers = [peer("old", "server", { dialects: ["hybi-00", "hybi-06"] }), peer("url", "server")];
  const clients = [peer("young", "client", { dialects: ["rfc6455"] }), peer("any", "client")];
  expect(ids({ servers, clients })).toEqual([
    "old×young",
    "old×any@hybi-00",
    "old×any@hybi-06",
    "url×young@rfc6455",
    "url×any@hybi-00",
    "url×any@hybi-06",
    "url×any@rfc6455",
  ]);
  expect(ids({ servers, clients, dialects: ["hybi-06"] })).toEqual([
    "old×young",
    "old×any@hybi-06",
    "url×young",
    "url×any@hybi-06",
  ]);
});

test("one that cannot be had has a cell with each other, in the dialects that are known of it", () => {
  const servers = [
    peer("lost", "server", { unavailable: "not published" }),
    peer("kaazing", "server", { unavailable: "not published", dialects: ["hybi-00"] }),
  ];
  const clients = [peer("any", "client", { dialects: ["hybi-00", "rfc6455"] })];
  expect(ids({ servers, clients })).toEqual(["lost×any", "kaazing×any@hybi-00"]);
});

test("the suite is a column for servers and a row for clients", () => {
  const servers = [peer("a", "server", { dialects: ["rfc6455"] })];
  const clients = [peer("b", "client", { dialects: ["rfc6455"] })];
  const cells = planCells(file({ servers, clients, suites: { server: "all", client: ["handshake"] } }));
  expect(cells.map(({ id, kind }) => [id, kind])).toEqual([
    ["a×b@rfc6455", "pair"],
    ["a×suite@rfc6455", "suite"],
    ["suite×b@rfc6455", "suite"],
  ]);
  expect(cells[2]?.areas).toEqual(["handshake"]);
});
