/** What the areas of this project are run against: the built-in references. */
import { reference, referenceClient } from "../harness/run/reference.ts";
import type { AreaOptions } from "./adapter.ts";

export const onReference: AreaOptions = { target: reference() };

export const onReferenceClient: AreaOptions = { target: referenceClient() };
