/**
 * A case id or a glob of case ids. `*` stands for any run of characters, `/` and `@` included, `?` for
 * one; brackets and braces are literal because ids contain them (`length-form[126-as-64bit]@rfc6455`).
 * A pattern may leave out the dialect, or the row and the dialect: `replay/complete-once` is that
 * scenario in every row and dialect.
 */
export function caseMatcher(pattern: string): (id: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  const whole = new RegExp(`^${source}$`, "su");
  return (id) => {
    const bound = id.lastIndexOf("@");
    const row = bound === -1 ? id : id.slice(0, bound);
    return whole.test(id) || whole.test(row) || whole.test(row.replace(/\[.*\]$/su, ""));
  };
}
