export type RouteGroup = (path: string) => boolean

/** Routes named one by one, or by a prefix that ends in `/*`; nothing is in a group by accident of its content type. */
export function routeGroup(patterns: readonly string[]): RouteGroup {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('/*')))
  const prefixes = patterns.filter((pattern) => pattern.endsWith('/*')).map((pattern) => pattern.slice(0, -1))
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
}
