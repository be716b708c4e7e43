/** Reading the arguments of a step: what the schema cannot say is said here, in one line with the step's name. */

import { withAccess } from "../target/access-text.ts";
import { fingerprintOf } from "../tls/issue.ts";
import { type DriveContext, DriveStop } from "./context.ts";
import { timeText } from "./time.ts";

export type Arguments = Readonly<Record<string, unknown>>;

/** A step may be written `open: a` for `open: { as: a }`. */
export function argumentsOf(value: unknown): Arguments {
  return typeof value === "object" && value !== null ? (value as Arguments) : { as: value };
}

export function text(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return value === undefined || value === null ? undefined : String(value);
}

export function required(args: Arguments, name: string): string {
  const value = text(args, name);
  if (value === undefined) throw new DriveStop(`the step lacks "${name}"`);
  return value;
}

const reference =
  /\$\{([\w~.-]+)\.session-id\}|\$\{time:([^}]+)\}|\$\{token:([\w-]+)\}|\$\{setting:([\w-]+)\}|\$\{(certificate|fingerprint):([\w-]+)\}|\$\{stream:([\w-]+)\}|\$\{(edit|edit-node|edit-value|edit-values|edit-filter|edit-read|edit-second|edit-key):([\w:-]+)\}/g;

/** Fills in what only the drive knows: `${a.session-id}`, `${time:now-1h}`, `${token:mark}`, `${setting:name}` of the target
 * file, what `withAccess` puts in,
 * `${certificate:name}` and `${fingerprint:name}` of a certificate that the case has made, `${counting:size}` for long texts, and `${stream:no-replay}` or `${stream:other}`: a listed stream without a log, one beside NETCONF that has one. */
export function fill(context: DriveContext, value: string): string {
  return withAccess(value, context.target.file.access)
    .replace(counting, (_found, size: string) => countingText(Number(size)))
    .replace(
      reference,
      (
        _found,
        session?: string,
        time?: string,
        mark?: string,
        setting?: string,
        part?: string,
        certificate?: string,
        stream?: string,
        edit?: string,
        node?: string,
      ) => {
        if (edit !== undefined) return editText(context, edit, node as string);
        if (stream !== undefined) return streamNamed(context, stream);
        if (part !== undefined) return certificateText(context, part, certificate as string);
        if (setting !== undefined) return String(context.target.file.claims.settings[setting] ?? "");
        if (time !== undefined) return timeText(context, time);
        if (mark !== undefined) return tokenOf(context, mark);
        const id = context.sessionIds.get(session as string);
        if (id === undefined) throw new DriveStop(`session "${session}" has no session-id`);
        return id;
      },
    );
}

function certificateText(context: DriveContext, part: string, name: string): string {
  const identity = context.certificates.get(name);
  if (identity === undefined) throw new DriveStop(`no certificate "${name}" was made`);
  return part === "certificate" ? identity.cert : fingerprintOf(identity.cert);
}

function tokenOf(context: DriveContext, mark: string): string {
  const token = context.marks.get(mark)?.[0]?.token;
  if (token === undefined) throw new DriveStop(`event "${mark}" was not caused with a token`);
  return token;
}

const counting = /\$\{counting:(\d+)\}/g;

/** That many characters in which every run of eight stands once only, so that a byte lost, repeated or moved shows. */
function countingText(size: number): string {
  return Array.from({ length: Math.ceil(size / 6) }, (_, index) => `${String(index).padStart(5, "0")}-`)
    .join("")
    .slice(0, size);
}

/** The setting `edit` of a target file: configuration that the suite may make and remove at will. */
interface EditSetting {
  /** Content of `config`, with `${key}` and `nc:operation="${operation}"`. */
  readonly node: string;
  /** The same with a leaf of free text, `${value}`; absent: the data model has none. */
  readonly value?: string;
  /** The same with two instances of a leaf-list; absent: the data model has none. */
  readonly values?: string;
  /** Inside of the subtree filter that selects it. */
  readonly filter: string;
  /** The same with a content match on the second of `values`. */
  readonly second?: string;
}

/**
 * What the setting `edit` says about the node that this case calls `x`: `${edit:create:x}` the edit-config with
 * that operation, `${edit-node:create:x}` only what stands in its config (`${edit-node:x}`: no operation),
 * `${edit-value:create:x}` the edit-config with a leaf of free text, whose `${value}` the rpc gives,
 * `${edit-values:create:x}` the one with a leaf-list, `${edit-read:x}` the get-config that shows it, `${edit-filter:x}`
 * what stands in the filter of that one,
 * `${edit-second:x}` the one that selects it by the second value, `${edit-key:x}` its key.
 */
function editText(context: DriveContext, what: string, node: string): string {
  const [first = "", second] = node.split(":");
  const setting = context.target.file.claims.settings["edit"] as EditSetting;
  const key = `n${context.serial}-${second ?? first}`;
  context.recorder.add({ type: "step", step: "edit", detail: { node: second ?? first, key } });
  if (what === "edit-key") return key;
  if (what === "edit-filter" || what === "edit-read" || what === "edit-second") {
    const filter = (what === "edit-second" ? (setting.second ?? "") : setting.filter).replaceAll("${key}", key);
    if (what === "edit-filter") return filter;
    return `<get-config><source><running/></source><filter type="subtree">${filter}</filter></get-config>`;
  }
  const templates: Readonly<Record<string, string | undefined>> = {
    "edit-value": setting.value,
    "edit-values": setting.values,
  };
  const template = templates[what] ?? setting.node;
  const keyed = template.replaceAll("${key}", key);
  const config =
    second === undefined
      ? keyed.replaceAll(/\s[\w-]+:operation="\$\{operation\}"/g, "")
      : keyed.replaceAll("${operation}", first);
  if (what === "edit-node") return config;
  return `<edit-config xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><target><running/></target><config>${config}</config></edit-config>`;
}

function streamNamed(context: DriveContext, which: string): string {
  const found = context.facts.streams.find((stream) =>
    which === "other" ? stream.replay && stream.name !== "NETCONF" : !stream.replay,
  );
  if (!found) throw new DriveStop(`the target lists no stream for "${which}"`);
  return found.name;
}

/**
 * Bytes of a payload: `hex`, `text`, or `size` (that many of `fill`, default "a"). Absent: none.
 */
export function payloadOf(context: DriveContext, args: Arguments): Uint8Array {
  if (typeof args["hex"] === "string") return Buffer.from(args["hex"].replace(/\s+/g, ""), "hex");
  if (typeof args["text"] === "string") return Buffer.from(fill(context, args["text"]), "utf8");
  if (typeof args["size"] === "number") return Buffer.alloc(args["size"], String(args["fill"] ?? "a"));
  return new Uint8Array();
}
