/** XML Schema by libxml2: what of a document is not as a schema has it. */
import type { XmlValidateError } from "libxml2-wasm";
import { libxml2, silently } from "./libxml2.ts";

/** A compiled schema; lives as long as the process. */
export interface XmlSchema {
  /** What is wrong with a well-formed document, one sentence each; empty when it is valid. */
  problems(document: string): readonly string[];
}

/**
 * Compiles an XML Schema 1.0 that imports no other.
 * @throws Error when it is none
 */
export function compileXsd(xsd: string): XmlSchema {
  const source = libxml2.XmlDocument.fromString(xsd);
  const validator = silently(() => libxml2.XsdValidator.fromDoc(source));
  source.dispose();
  return {
    problems(text) {
      const document = libxml2.XmlDocument.fromString(text);
      try {
        silently(() => validator.validate(document));
        return [];
      } catch (error) {
        return sentences(error as XmlValidateError);
      } finally {
        document.dispose();
      }
    },
  };
}

/** What the validator says of each place, with names as people write them: without their namespaces. */
function sentences({ details, message }: XmlValidateError): string[] {
  const said = details?.length > 0 ? details.map((detail) => detail.message) : [message];
  return [...new Set(said.map((text) => text.replace(/\{[^{}]*\}/g, "").trim()))];
}
