/** What the areas of this project are run against: the built-in reference. */
import { reference } from "../harness/run/reference.ts";
import type { AreaOptions } from "./adapter.ts";

export const onReference: AreaOptions = { target: reference() };
