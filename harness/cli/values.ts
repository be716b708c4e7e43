import { InvalidArgumentError } from "commander";
import { nearMisses } from "../target/near-miss.ts";
import { profiles } from "../target/settings.ts";
import type { Profile } from "../target/types.ts";
import { type Way, ways } from "../target/way.ts";
import type { DialectName } from "../wire/types.ts";

/** Readers of option values. Each throws InvalidArgumentError with what would be right. */

const DIALECTS: readonly DialectName[] = ["rfc6455", "hybi-06", "hybi-00"];

/** A whole number, `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
  };
}

/** A factor, 0.01 to 1000. */
export function factor(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 0.01 && number <= 1000) return number;
  throw new InvalidArgumentError("Write a factor from 0.01 to 1000.");
}

/** `2/3`: the second of three shards. */
export function shard(text: string): { readonly index: number; readonly count: number } {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError("Write i/n with i from 1 to n, for example 1/3.");
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where to listen; port 0 is any that is free. */
export function listenPlace(text: string): Place {
  const place = placeOf(text);
  if (place) return place;
  throw new InvalidArgumentError("Write host:port, for example 127.0.0.1:9000; port 0 is any that is free.");
}

/** host:port, an IPv6 address in brackets; undefined when it is none. */
export function placeOf(text: string): Place | undefined {
  const [, bracketed, plain, digits = ""] = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65535 ? undefined : { host, port };
}

export function level(text: string): "must" | "should" {
  if (text === "must" || text === "should") return text;
  throw new InvalidArgumentError("Write must or should.");
}

export function profile(text: string): Profile {
  const known = profiles.find((one) => one === text);
  if (known) return known;
  throw new InvalidArgumentError(`Write one of ${profiles.join(", ")}.`);
}

export function way(text: string): Way {
  const known = ways.find((one) => one === text);
  if (known) return known;
  throw new InvalidArgumentError(`Write ${ways.join(" or ")}.`);
}

/** Repeatable, and several with commas. */
export function dialects(text: string, before: readonly DialectName[] = []): DialectName[] {
  const names = words(text).map((word) => {
    const name = DIALECTS.find((dialect) => dialect === word);
    if (name) return name;
    const [near] = nearMisses(word, DIALECTS);
    throw new InvalidArgumentError(near ? `Did you mean ${near}?` : `The dialects are ${DIALECTS.join(", ")}.`);
  });
  return [...new Set([...before, ...names])];
}

/** One of them. */
export function oneDialect(text: string): DialectName {
  const [name, ...more] = dialects(text);
  if (name !== undefined && more.length === 0) return name;
  throw new InvalidArgumentError("Write one dialect.");
}

/** Repeatable, and several with commas. */
export function names(text: string, before: readonly string[] = []): string[] {
  return [...before, ...words(text)];
}

/** Repeatable; a comma is part of the value, since case ids may contain it. */
export function patterns(text: string, before: readonly string[] = []): string[] {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return [...before, text.trim()];
}

/** A file or folder name. */
export function path(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("The path is empty.");
  return text;
}

function words(text: string): string[] {
  const found = text.split(",").map((word) => word.trim());
  if (found.includes("")) throw new InvalidArgumentError("A name is empty.");
  return found;
}
