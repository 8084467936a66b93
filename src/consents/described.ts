/** What is or may be agreed to, as a page says it. */
export interface Described {
  /** Of OpenID Connect. */
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  readonly apis: readonly DescribedApi[]
}

export interface DescribedApi {
  readonly audience: string
  readonly name: string
  readonly scopes: readonly DescribedScope[]
}

interface DescribedScope {
  readonly name: string
  /** Language → what people read; empty for one that nobody described. */
  readonly words: Readonly<Record<string, string>>
}
