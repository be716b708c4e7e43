import { expect, test } from "vitest";
import { tlsFailure } from "./failure.ts";

const error = (code: string, message = "some words") => Object.assign(new Error(message), { code });

test.each([
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "the target refused TLS: certificate required; is access.tls.cert"],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "the target refused TLS: unknown ca; is access.tls.cert"],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "the target refused TLS: handshake failure; is access.tls.cert"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "is not trusted (SELF_SIGNED_CERT_IN_CHAIN); set access.tls.ca"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT); set access.tls.ca"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE); set access.tls.ca"],
  ["CERT_HAS_EXPIRED", "the certificate of the target has expired"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "is for another name (some words); set access.tls.servername"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "the target does not speak TLS here; is it a ws:// URL?"],
  ["ERR_SSL_NO_SHARED_CIPHER", "TLS failed (ERR_SSL_NO_SHARED_CIPHER)"],
])("%s in words", (code, words) => expect(tlsFailure(error(code))).toContain(words));

test.each(["ECONNRESET", "ETIMEDOUT", ""])("%j is none of TLS", (code) =>
  expect(tlsFailure(error(code))).toBeUndefined(),
);
