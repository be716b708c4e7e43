/** Tokens of XPath 1.0 (§3.7), with `*` and names told apart from operators as the specification asks. */
import { ncName } from "./namespaces.ts";

export interface Token {
  readonly kind:
    | "literal"
    | "number"
    | "operator"
    | "function"
    | "node-type"
    | "axis"
    | "name-test"
    | "variable"
    | "punctuation"
    | "end";
  /** The token's text; of a literal without its quotes. */
  readonly text: string;
}

/** What is wrong with an expression, and where. */
export class XPathSyntaxError extends Error {}

const lexeme = new RegExp(
  [
    `(?<space>[ \\t\\r\\n]+)`,
    `(?<literal>"[^"]*"|'[^']*')`,
    `(?<number>[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)`,
    `(?<variable>\\$[ \\t\\r\\n]*${ncName}(?::${ncName})?)`,
    `(?<name>${ncName}(?::(?!:)(?:${ncName}|\\*))?)`,
    `(?<symbol>::|\\.\\.|//|!=|<=|>=|[()[\\].@,/|+\\-=<>*])`,
  ].join("|"),
  "uy",
);

const nodeTypes = ["comment", "text", "node", "processing-instruction"];
const namedOperators = ["and", "or", "mod", "div"];
const symbolicOperators = ["/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="];

/** @throws XPathSyntaxError at a character that begins no token */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < expression.length; ) {
    lexeme.lastIndex = at;
    const groups = lexeme.exec(expression)?.groups;
    if (groups === undefined)
      throw new XPathSyntaxError(`no token begins at ${JSON.stringify(expression.slice(at, at + 10))}`);
    const end = lexeme.lastIndex;
    const token = tokenOf(groups, expression.slice(at, end), expression.slice(end), tokens.at(-1));
    if (token !== undefined) tokens.push(token);
    at = end;
  }
  return tokens;
}

type Groups = Readonly<Record<string, string | undefined>>;

function tokenOf(groups: Groups, text: string, rest: string, before: Token | undefined): Token | undefined {
  if (groups["space"] !== undefined) return undefined;
  if (groups["literal"] !== undefined) return { kind: "literal", text: text.slice(1, -1) };
  if (groups["number"] !== undefined) return { kind: "number", text };
  if (groups["variable"] !== undefined) return { kind: "variable", text };
  const operand = before !== undefined && endsOperand(before);
  if (text === "*") return { kind: operand ? "operator" : "name-test", text };
  if (groups["symbol"] !== undefined) {
    return { kind: symbolicOperators.includes(text) ? "operator" : "punctuation", text };
  }
  if (operand) {
    if (!namedOperators.includes(text)) throw new XPathSyntaxError(`an operator is missing before ${text}`);
    return { kind: "operator", text };
  }
  return { kind: nameKind(text, rest), text };
}

/** Whether an operator may follow: the token before is neither `@ :: ( [ ,` nor an operator. */
function endsOperand({ kind, text }: Token): boolean {
  return kind !== "operator" && !(kind === "punctuation" && ["@", "::", "(", "[", ","].includes(text));
}

function nameKind(text: string, rest: string): Token["kind"] {
  if (/^[ \t\r\n]*::/.test(rest)) return "axis";
  if (!/^[ \t\r\n]*\(/.test(rest) || text.endsWith("*")) return "name-test";
  return nodeTypes.includes(text) ? "node-type" : "function";
}
