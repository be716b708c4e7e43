/** Bytes as they are kept and gathered: latin1 views, and a buffer that grows without copying each time. */

/** Source of random bytes, handed in by the caller so that a seed repeats a run. */
export type Random = (size: number) => Uint8Array;

export const noBytes: Buffer = Buffer.alloc(0);

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes from..to-1 in the same memory; the buffer itself where that is all of it, which is most often so. */
export function part(bytes: Buffer, from: number, to: number): Buffer {
  return from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
}

/** One character a byte, so that any bytes survive the way to text and back. */
export function toLatin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("latin1");
}

export function fromLatin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** Random integer 0..limit-1, limit up to 2^32. The bias of the remainder is below 2^-16. */
export function randomBelow(random: Random, limit: number): number {
  return asBuffer(random(6)).readUIntBE(0, 6) % limit;
}

/** Gathers pieces into one buffer; capacity doubles, so n pieces cost O(total), and views of pieces are not kept. */
export interface Gatherer {
  readonly length: number;
  append(piece: Uint8Array): void;
  /** The bytes so far; the gatherer must not be used afterwards. */
  take(): Buffer;
}

/** @param limit capacity that is never exceeded, in bytes; the caller appends no more than that */
export function gatherer(limit: number): Gatherer {
  let store = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(piece) {
      const wanted = length + piece.length;
      if (wanted > store.length) {
        const grown = Buffer.allocUnsafeSlow(Math.max(wanted, Math.min(limit, Math.max(256, store.length * 2))));
        grown.set(store.subarray(0, length));
        store = grown;
      }
      store.set(piece, length);
      length = wanted;
    },
    take() {
      return store.subarray(0, length);
    },
  };
}
