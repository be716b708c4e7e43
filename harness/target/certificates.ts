/** Certificates and keys that a target file names. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createSecureContext } from "node:tls";
import type { Fail } from "./complete.ts";
import type { ClientCertificate, TlsAccess } from "./types.ts";

/** Paths of PEM files in place of what they hold. */
export type RawTls = TlsAccess;

/** @param keys place in the file, for messages */
export function tlsOf(raw: RawTls, folder: string, keys: readonly string[], fail: Fail): TlsAccess {
  const ca = raw.ca === undefined ? undefined : certificate(raw.ca, folder, [...keys, "ca"], fail);
  const own = certificateOf(raw, folder, keys, fail);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...own,
    ...(raw.servername === undefined ? {} : { servername: raw.servername }),
  };
}

/** Certificate and key, which come together or not at all. */
export function certificateOf(
  raw: Pick<RawTls, "cert" | "key">,
  folder: string,
  keys: readonly string[],
  fail: Fail,
): ClientCertificate | undefined {
  if (raw.cert === undefined && raw.key === undefined) return undefined;
  const { cert: certFile, key: keyFile } = raw;
  if (certFile === undefined)
    return fail(keys, 'the key "cert" is missing, the certificate that the private key is for');
  if (keyFile === undefined) return fail(keys, 'the key "key" is missing, the private key of the certificate');
  const cert = certificate(certFile, folder, [...keys, "cert"], fail);
  const key = text(keyFile, folder, [...keys, "key"], fail);
  try {
    createSecureContext({ cert, key });
  } catch {
    return fail([...keys, "key"], `${keyFile} is not the private key, in PEM and without a passphrase, of ${certFile}`);
  }
  return { cert, key };
}

function certificate(file: string, folder: string, keys: readonly string[], fail: Fail): string {
  const pem = text(file, folder, keys, fail);
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    return fail(keys, `${file} is no certificate in PEM`);
  }
}

function text(file: string, folder: string, keys: readonly string[], fail: Fail): string {
  try {
    return readFileSync(resolve(folder, file), "utf8");
  } catch {
    return fail(keys, `the file ${file} cannot be read; write a path relative to the target file`);
  }
}
