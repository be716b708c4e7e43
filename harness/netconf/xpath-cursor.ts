/** Walking over the tokens of an XPath expression. */
import { type Token, tokensOf, XPathSyntaxError } from "./xpath-lexer.ts";

const maximumNesting = 100;

export interface Cursor {
  peek(): Token;
  /** Takes the next token if it is of that kind and, when texts are given, has one of them. */
  accept(kind: Token["kind"], ...texts: readonly string[]): Token | undefined;
  /** @throws XPathSyntaxError when the next token is not that symbol */
  expect(symbol: string): void;
  /** @throws XPathSyntaxError always */
  refuse(what: string): never;
  /** Reads something nested. @throws XPathSyntaxError when that is too deep */
  nested<T>(read: () => T): T;
}

/** @throws XPathSyntaxError at a character that begins no token */
export function cursorOver(text: string): Cursor {
  const tokens = tokensOf(text);
  const end: Token = { kind: "end", text: "" };
  let place = 0;
  let nesting = 0;
  const cursor: Cursor = {
    peek: () => tokens[place] ?? end,
    accept(kind, ...texts) {
      const token = cursor.peek();
      if (token.kind !== kind || (texts.length > 0 && !texts.includes(token.text))) return undefined;
      place += 1;
      return token;
    },
    expect(symbol) {
      if (cursor.accept("punctuation", symbol) === undefined) cursor.refuse(`${symbol} is missing`);
    },
    refuse(what) {
      const { kind, text: found } = cursor.peek();
      throw new XPathSyntaxError(`${what}, at ${kind === "end" ? "the end" : JSON.stringify(found)}`);
    },
    nested(read) {
      nesting += 1;
      if (nesting > maximumNesting) cursor.refuse(`the expression is nested more than ${maximumNesting} deep`);
      const result = read();
      nesting -= 1;
      return result;
    },
  };
  return cursor;
}
