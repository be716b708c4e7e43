import { XMLParser } from "fast-xml-parser";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import type { Results } from "../harness/run/results.ts";
import { junit } from "./junit.ts";
import sample from "./samples/run.json" with { type: "json" };

const results = sample as unknown as Results;

/** The shape that common readers agree on, in this project's own words. */
const XSD = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="testsuites"><xs:complexType><xs:sequence>
  <xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
    <xs:element name="properties" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="property" maxOccurs="unbounded"><xs:complexType>
        <xs:attribute name="name" type="xs:string" use="required"/><xs:attribute name="value" type="xs:string" use="required"/>
      </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
    <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:choice minOccurs="0">
        <xs:element name="skipped"><xs:complexType><xs:attribute name="message" type="xs:string"/></xs:complexType></xs:element>
        <xs:element name="failure" type="fault"/><xs:element name="error" type="fault"/>
      </xs:choice>
      <xs:element name="system-out" type="xs:string" minOccurs="0"/></xs:sequence>
      <xs:attribute name="name" type="xs:string" use="required"/><xs:attribute name="classname" type="xs:string" use="required"/>
      <xs:attribute name="time" type="xs:decimal" use="required"/></xs:complexType></xs:element>
    </xs:sequence><xs:attribute name="timestamp" use="required"><xs:simpleType><xs:restriction base="xs:dateTime">
      <xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"/></xs:restriction></xs:simpleType></xs:attribute>
    <xs:attributeGroup ref="totals"/></xs:complexType></xs:element></xs:sequence>
  <xs:attributeGroup ref="totals"/></xs:complexType></xs:element>
<xs:complexType name="fault"><xs:simpleContent><xs:extension base="xs:string">
  <xs:attribute name="message" type="xs:string" use="required"/><xs:attribute name="type" type="xs:string" use="required"/>
</xs:extension></xs:simpleContent></xs:complexType>
<xs:attributeGroup name="totals"><xs:attribute name="name" type="xs:string" use="required"/>
  <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/><xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
  <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/><xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
  <xs:attribute name="time" type="xs:decimal" use="required"/></xs:attributeGroup>
</xs:schema>`;

function validate(xml: string): void {
  const schema = XmlDocument.fromString(XSD);
  const validator = XsdValidator.fromDoc(schema);
  const document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
  } finally {
    document.dispose();
    validator.dispose();
    schema.dispose();
  }
}

interface Case {
  name: string;
  failure?: { message: string };
  error?: { message: string };
  skipped?: { message: string };
  "system-out"?: string;
}

function cases(xml: string): Map<string, Case> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    isArray: (name) => /^test(case|suite)$/.test(name),
  });
  const suites: { testcase: Case[] }[] = parser.parse(xml).testsuites.testsuite;
  return new Map(suites.flatMap(({ testcase }) => testcase.map((one) => [one.name, one])));
}

describe("junit", () => {
  const plain = junit(results, { strict: false });
  const strict = junit(results, { strict: true });

  test("is valid", () => {
    validate(plain);
    validate(strict);
    validate(junit({ ...results, cases: [], planned: 0 }, { strict: false }));
    validate(junit({ ...results, complete: false, reason: "interrupted" }, { strict: false }));
  });

  test("counts are those of the cases", () => {
    expect(plain).toContain(
      '<testsuites name="ncwspec acme-os 4.2" tests="11" failures="2" errors="1" skipped="4" time="4.210">',
    );
    expect(strict).toContain('tests="11" failures="5" errors="1" skipped="2"');
  });

  test("each verdict has its element", () => {
    const of = cases(plain);
    const get = (id: string) => of.get(id) as Case;
    expect(get("framing/rfc6455/control-length[ping-126]@rfc6455").failure?.message).toContain(
      "WS-FRM-012 RFC 6455 §5.5",
    );
    expect(get("subscription/stop-time[past]@rfc6455").error?.message).toContain("did not report");
    expect(get("handshake/plain@hybi-00").skipped?.message).toBe("n/a: the target does not claim hybi-00");
    expect(get("replay/complete-once@hybi-06").skipped?.message).toMatch(/^inconc: the control/);
    expect(get("replay/complete-once@rfc6455").skipped?.message).toMatch(/^known failure: fixed in the next release/);
    expect(get("closing/code-echo@rfc6455")["system-out"]).toContain("WS-CLS-003");
    expect(get("handshake/plain@rfc6455")).not.toHaveProperty("system-out");
  });

  test("strict: warn and inconc are failures, a known failure is not", () => {
    const of = cases(strict);
    expect(of.get("closing/code-echo@rfc6455")?.failure).toBeDefined();
    expect(of.get("replay/complete-once@hybi-06")?.failure).toBeDefined();
    expect(of.get("replay/complete-once@rfc6455")?.skipped).toBeDefined();
  });

  test("whatever a target sends, the document stays well-formed", () => {
    const nasty = "]]> <a b='\"'> & \u0000\u0008\u001b\ufffe\ud800 \n end";
    const finding = {
      requirement: "R",
      level: "MUST",
      clause: nasty,
      message: nasty,
      at: 0,
      expected: nasty,
      got: nasty,
    };
    const broken = results.cases.map((result) => ({
      ...result,
      title: nasty,
      reason: nasty,
      findings: [finding],
      rerun: nasty,
    }));
    const target = { ...results.target, name: nasty };
    validate(junit({ ...results, target, cases: broken } as unknown as Results, { strict: true }));
  });
});
