#!/usr/bin/env node
import { main } from "./program.ts";
import { endWith, tolerateClosedOutput } from "./terminal.ts";

tolerateClosedOutput();
endWith(await main(process.argv.slice(2)));
