/** Where an address is, roughly. */
export interface Place {
  /** By language. */
  readonly city?: { readonly en?: string | undefined; readonly de?: string | undefined } | undefined
  /** ISO 3166-1. */
  readonly country?: string | undefined
}
