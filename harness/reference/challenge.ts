/**
 * Whether a hybi-00 key can be answered (hybi-00 §5.2 steps 4 to 7): it holds digits and spaces, and the
 * number of its digits is a whole multiple of the number of its spaces, with a quotient of 32 bits.
 */
export function isChallengeKey(key: string): boolean {
  const digits = key.replace(/\D/g, "");
  const spaces = BigInt(key.split(" ").length - 1);
  if (digits === "" || spaces === 0n) return false;
  const number = BigInt(digits);
  return number % spaces === 0n && number / spaces <= 0xffff_ffffn;
}
