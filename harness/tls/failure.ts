/** What an error of TLS means for the one who has to put it right. */

/** Alerts of the target by the code of OpenSSL's error (RFC 8446 §6). */
const alert = /^ERR_SSL_(?:TLSV1(?:3)?|SSLV3)_ALERT_(.*)$/;

/** Codes of Node.js for a certificate of the server that cannot be verified. */
const untrusted = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|CRL_|INVALID_CA|PATH_LENGTH)/;

/** One line, or undefined when the error is none of TLS. */
export function tlsFailure({ code = "", message }: NodeJS.ErrnoException): string | undefined {
  const [, name] = alert.exec(code) ?? [];
  if (name !== undefined) return `the target refused TLS: ${words(name)}; is access.tls.cert one that it accepts?`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `the certificate of the target is for another name (${message.split("\n")[0]}); set access.tls.servername`;
  if (code === "CERT_HAS_EXPIRED") return "the certificate of the target has expired";
  if (code === "CERT_NOT_YET_VALID") return "the certificate of the target is not valid yet";
  if (untrusted.test(code))
    return `the certificate of the target is not trusted (${code}); set access.tls.ca to its authority`;
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG")
    return "the target does not speak TLS here; is it a ws:// URL?";
  return code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") ? `TLS failed (${code})` : undefined;
}

function words(name: string): string {
  return name.toLowerCase().replaceAll("_", " ");
}
