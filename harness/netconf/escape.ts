const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/**
 * Text as XML content. A carriage return becomes a reference, since a literal one would be read as a
 * line feed (XML 1.0 §2.11). Characters that XML forbids are left as they are.
 */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => references[character] ?? character);
}

/** Text as an attribute value; white space other than blanks survives normalisation (XML 1.0 §3.3.3). */
export function escapeAttribute(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, (character) => references[character] ?? character);
}
