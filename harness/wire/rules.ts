/**
 * Which requirement a breach of a wire rule is charged to. The ids are rows of
 * `fixtures/requirements/{rfc6455,hybi-06,hybi-00}.yaml`, always the row that binds the *sender*: what an
 * endpoint must do on receiving the same breach is another row, and a scenario's business.
 *
 * A rule that is missing under a dialect does not exist there and is not reported:
 * `frame-too-large` is the harness's own limit, not a rule of any dialect; hybi-06 knows neither minimal
 * lengths, nor a closed list of close codes, nor "at most once" for header fields, and a missing or extra
 * mask cannot be seen on its wire (§4.2: no bit says whether a frame is masked).
 */
import type { DialectName, WireRule } from "./types.ts";

/** Requirement ids by the end that sent the offending bytes; an end the rule does not bind is absent. */
export interface RuleIds {
  readonly server?: string;
  readonly client?: string;
}

const both = (id: string): RuleIds => ({ server: id, client: id });
const server = (id: string): RuleIds => ({ server: id });
const client = (id: string): RuleIds => ({ client: id });

const rfc6455: Partial<Record<WireRule, RuleIds>> = {
  "reserved-bits": both("WS-FRM-001"),
  "reserved-opcode": both("WS-FRM-002"),
  "mask-required": client("WS-FRM-003"),
  "mask-forbidden": server("WS-FRM-004"),
  "length-minimal": both("WS-FRM-005"),
  "length-top-bit": both("WS-FRM-006"),
  "truncated-frame": both("WS-FRM-007"),
  "control-length": both("WS-CTL-001"),
  "control-fragmented": both("WS-CTL-002"),
  "continuation-without-start": both("WS-FRG-001"),
  "data-inside-message": both("WS-FRG-002"),
  "text-utf8": both("WS-UTF-001"),
  "close-body-length": both("WS-CLS-001"),
  "close-code": both("WS-CLS-002"),
  "close-reason-utf8": both("WS-CLS-003"),
  // §5.5.1 forbids data frames only; a pong behind a close is no breach
  "frame-after-close": both("WS-CLS-004"),

  "response-syntax": server("WS-HS-001"),
  "response-status": server("WS-HS-002"),
  "response-upgrade": server("WS-HS-003"),
  "response-connection": server("WS-HS-004"),
  "response-accept": server("WS-HS-005"),
  "response-subprotocol": server("WS-HS-006"),
  "response-extensions": server("WS-HS-007"),
  "response-duplicate": server("WS-HS-008"),
  "response-body": server("WS-HS-009"),

  "request-syntax": client("WS-HS-101"),
  "request-method": client("WS-HS-102"),
  "request-http-version": client("WS-HS-103"),
  "request-target": client("WS-HS-104"),
  "request-host": client("WS-HS-105"),
  "request-upgrade": client("WS-HS-106"),
  "request-connection": client("WS-HS-107"),
  "request-key": client("WS-HS-108"),
  "request-version": client("WS-HS-109"),
  "request-origin": client("WS-HS-110"),
  "request-subprotocol": client("WS-HS-111"),
  "request-extensions": client("WS-HS-112"),
  "request-duplicate": client("WS-HS-113"),
  "request-body": client("WS-HS-114"),
};

const hybi06: Partial<Record<WireRule, RuleIds>> = {
  "reserved-bits": both("H06-FRM-001"),
  "reserved-opcode": both("H06-FRM-002"),
  "length-top-bit": both("H06-FRM-003"),
  "truncated-frame": both("H06-FRM-004"),
  "control-length": both("H06-CTL-001"),
  "control-fragmented": both("H06-CTL-002"),
  "continuation-without-start": both("H06-FRG-001"),
  "data-inside-message": both("H06-FRG-002"),
  "text-utf8": both("H06-UTF-001"),
  "close-body-length": both("H06-CLS-001"),
  "close-reason-utf8": both("H06-CLS-002"),
  // data frames only, as in rfc6455
  "frame-after-close": both("H06-CLS-003"),

  "response-syntax": server("H06-HS-001"),
  "response-status": server("H06-HS-002"),
  "response-upgrade": server("H06-HS-003"),
  "response-connection": server("H06-HS-004"),
  "response-accept": server("H06-HS-005"),
  "response-subprotocol": server("H06-HS-006"),
  "response-extensions": server("H06-HS-007"),
  "response-body": server("H06-HS-008"),

  "request-syntax": client("H06-HS-101"),
  "request-method": client("H06-HS-102"),
  "request-http-version": client("H06-HS-103"),
  "request-target": client("H06-HS-104"),
  "request-host": client("H06-HS-105"),
  "request-upgrade": client("H06-HS-106"),
  "request-connection": client("H06-HS-107"),
  "request-key": client("H06-HS-108"),
  "request-version": client("H06-HS-109"),
  // Origin instead of Sec-WebSocket-Origin
  "request-origin": client("H06-HS-113"),
  "request-subprotocol": client("H06-HS-110"),
  "request-extensions": client("H06-HS-111"),
  "request-body": client("H06-HS-112"),
};

const hybi00: Partial<Record<WireRule, RuleIds>> = {
  // every frame type but 00 and FF 00 is reserved, FF with a length included
  "reserved-opcode": both("H00-FRM-001"),
  "text-utf8": both("H00-FRM-002"),
  "truncated-frame": both("H00-FRM-003"),
  // a closing frame that is not exactly FF 00, such as the padded FF 80 00
  "close-body-length": both("H00-CLS-001"),
  "frame-after-close": both("H00-CLS-002"),

  "response-syntax": server("H00-HS-001"),
  "response-status": server("H00-HS-002"),
  "response-upgrade": server("H00-HS-003"),
  "response-connection": server("H00-HS-004"),
  "response-proof": server("H00-HS-005"),
  "response-origin": server("H00-HS-006"),
  "response-location": server("H00-HS-007"),
  "response-subprotocol": server("H00-HS-008"),
  "response-duplicate": server("H00-HS-009"),

  "request-syntax": client("H00-HS-101"),
  "request-method": client("H00-HS-102"),
  "request-http-version": client("H00-HS-103"),
  "request-target": client("H00-HS-104"),
  "request-host": client("H00-HS-105"),
  "request-upgrade": client("H00-HS-106"),
  "request-connection": client("H00-HS-107"),
  "request-key": client("H00-HS-108"),
  "request-origin": client("H00-HS-109"),
  "request-subprotocol": client("H00-HS-110"),
  "request-duplicate": client("H00-HS-111"),
  // key3 missing or cut: the client's eight bytes behind the blank line
  "request-body": client("H00-HS-112"),
};

/** Requirement id by dialect, rule and sending end. */
export const ruleIds: Record<DialectName, Partial<Record<WireRule, RuleIds>>> = {
  "hybi-00": hybi00,
  "hybi-06": hybi06,
  rfc6455,
};
