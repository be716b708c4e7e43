/** Largest frame payload and largest message that a decoder reads where its caller names no other, in bytes. */
export const defaultMaxPayload = 16 * 1024 * 1024;
