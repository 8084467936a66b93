/** The `code` that Node and PostgreSQL put on their errors: `ENOENT`, `23505`. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
