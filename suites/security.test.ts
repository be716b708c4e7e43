import { describeArea } from "./adapter.ts";
import { onReference } from "./reference.ts";

describeArea("security", onReference);
