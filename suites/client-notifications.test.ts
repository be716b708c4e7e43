import { describeArea } from "./adapter.ts";
import { onReferenceClient } from "./reference.ts";

describeArea("client-notifications", onReferenceClient);
