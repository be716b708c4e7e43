/** `certificate: { as, issuer?, commonName?, names?, authority? }`: makes a client certificate. */
import { type AlternativeName, issue } from "../../tls/issue.ts";
import { argumentsOf, required, text } from "../arguments.ts";
import { type DriveContext, DriveStop } from "../context.ts";

/** Signed by the certificate `issuer` of this case, or by itself; `names` are its subjectAltNames in their order. */
export async function certificateStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const name = required(args, "as");
  const issuerName = text(args, "issuer");
  const issuer = issuerName === undefined ? undefined : context.certificates.get(issuerName);
  if (issuerName !== undefined && issuer === undefined) throw new DriveStop(`no certificate "${issuerName}" was made`);
  const subject = {
    commonName: text(args, "commonName") ?? `${name} ${context.serial}`,
    names: (args["names"] ?? []) as readonly AlternativeName[],
    authority: args["authority"] === true,
  };
  const identity = issue(subject, issuer);
  context.certificates.set(name, identity);
  context.target.keys?.add(identity);
  context.recorder.add({ type: "step", step: "certificate", label: name, detail: { ...subject, cert: identity.cert } });
}
