/** Reads the packets of a capture file: pcap (classic, in micro- or nanoseconds, either byte order) and pcapng. */

export interface Packet {
  /** Milliseconds since 1970. */
  readonly t: number;
  /** LINKTYPE_ of the interface, as the registry of tcpdump.org numbers it. */
  readonly linkType: number;
  readonly data: Buffer;
}

export interface PacketFile {
  readonly packets: readonly Packet[];
  /** The file ends inside a packet. */
  readonly isCut: boolean;
}

type Read16 = (at: number) => number;

/** A buffer read in the byte order of the file. */
interface Reader {
  readonly bytes: Buffer;
  readonly u16: Read16;
  readonly u32: Read16;
}

function readerOf(bytes: Buffer, isLittle: boolean): Reader {
  return isLittle
    ? { bytes, u16: (at) => bytes.readUInt16LE(at), u32: (at) => bytes.readUInt32LE(at) }
    : { bytes, u16: (at) => bytes.readUInt16BE(at), u32: (at) => bytes.readUInt32BE(at) };
}

/** By first four bytes of a classic file: byte order, and parts of a second that times are written in. */
const classic: ReadonlyMap<number, { readonly isLittle: boolean; readonly perSecond: number }> = new Map([
  [0xa1b2c3d4, { isLittle: false, perSecond: 1e6 }],
  [0xa1b23c4d, { isLittle: false, perSecond: 1e9 }],
  [0xd4c3b2a1, { isLittle: true, perSecond: 1e6 }],
  [0x4d3cb2a1, { isLittle: true, perSecond: 1e9 }],
]);
const sectionHeader = 0x0a0d0d0a;

/** Whether a file begins like a capture. */
export function isCapture(bytes: Uint8Array): boolean {
  const magic = bytes.length < 4 ? 0 : Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32BE(0);
  return magic === sectionHeader || classic.has(magic);
}

/** @throws Error of one line when the file is no capture, or its structure is broken */
export function readPackets(file: Uint8Array): PacketFile {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (!isCapture(bytes)) throw new Error("neither pcap nor pcapng");
  const form = classic.get(bytes.readUInt32BE(0));
  return form ? readClassic(readerOf(bytes, form.isLittle), form.perSecond) : readNext(bytes);
}

function readClassic({ bytes, u32 }: Reader, perSecond: number): PacketFile {
  if (bytes.length < 24) return { packets: [], isCut: true };
  // The upper bits tell of a frame check sequence.
  const linkType = u32(20) & 0xffff;
  const packets: Packet[] = [];
  let at = 24;
  while (at + 16 <= bytes.length) {
    const size = u32(at + 8);
    if (at + 16 + size > bytes.length) return { packets, isCut: true };
    const t = u32(at) * 1000 + (u32(at + 4) * 1000) / perSecond;
    packets.push({ t, linkType, data: bytes.subarray(at + 16, at + 16 + size) });
    at += 16 + size;
  }
  return { packets, isCut: at < bytes.length };
}

interface Interface {
  readonly linkType: number;
  readonly perSecond: number;
}

const blockTypes = { interface: 1, packet: 2, simple: 3, enhanced: 6 } as const;

function readNext(bytes: Buffer): PacketFile {
  const packets: Packet[] = [];
  let interfaces: Interface[] = [];
  let reader = readerOf(bytes, true);
  let at = 0;
  while (at + 12 <= bytes.length) {
    if (bytes.readUInt32BE(at) === sectionHeader) {
      reader = readerOf(bytes, bytes.readUInt32BE(at + 8) === 0x4d3c2b1a);
      interfaces = [];
    }
    const size = reader.u32(at + 4);
    if (size < 12 || size % 4 !== 0) throw new Error(`pcapng: a block of ${size} bytes at offset ${at}`);
    if (at + size > bytes.length) return { packets, isCut: true };
    const type = reader.u32(at);
    if (type === blockTypes.interface) interfaces.push(readInterface(reader, at, at + size - 4));
    const packet = readPacket(reader, type, at, at + size - 4, interfaces);
    if (packet) packets.push(packet);
    at += size;
  }
  return { packets, isCut: at < bytes.length };
}

/** Option if_tsresol: a power of ten, or of two where the top bit is set. */
const resolutionOption = 9;

function readInterface({ bytes, u16 }: Reader, at: number, end: number): Interface {
  const linkType = u16(at + 8);
  let perSecond = 1e6;
  for (let option = at + 16; option + 4 <= end; ) {
    const code = u16(option);
    const size = u16(option + 2);
    if (code === 0) break;
    if (code === resolutionOption && size === 1) {
      const value = bytes.readUInt8(option + 4);
      perSecond = (value & 0x80 ? 2 : 10) ** (value & 0x7f);
    }
    option += 4 + Math.ceil(size / 4) * 4;
  }
  return { linkType, perSecond };
}

function readPacket(
  { bytes, u16, u32 }: Reader,
  type: number,
  at: number,
  end: number,
  interfaces: readonly Interface[],
): Packet | undefined {
  if (type === blockTypes.simple) {
    const [only] = interfaces;
    return (
      only && { t: 0, linkType: only.linkType, data: bytes.subarray(at + 12, Math.min(end, at + 12 + u32(at + 8))) }
    );
  }
  if (type !== blockTypes.enhanced && type !== blockTypes.packet) return undefined;
  const found = interfaces[type === blockTypes.enhanced ? u32(at + 8) : u16(at + 8)];
  const size = u32(at + 20);
  if (!found || at + 28 + size > end) throw new Error(`pcapng: a packet at offset ${at} does not fit its block`);
  const t = ((u32(at + 12) * 2 ** 32 + u32(at + 16)) * 1000) / found.perSecond;
  return { t, linkType: found.linkType, data: bytes.subarray(at + 28, at + 28 + size) };
}
