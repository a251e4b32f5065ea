/** The server's nonce for styles: under its policy nothing else may add a style sheet. */
export function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="nonce"]')?.content ?? "";
}
