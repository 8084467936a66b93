/** Every action, those of one noun, or one. */
export const wants = (patterns: readonly string[], action: string): boolean => {
  const [noun = ''] = action.split('.')
  return patterns.some((pattern) => pattern === '*' || pattern === action || pattern === `${noun}.*`)
}
