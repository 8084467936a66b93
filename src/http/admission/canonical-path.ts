const SEGMENT = String.raw`\.?[A-Za-z0-9_~@:+=,-]+(?:\.[A-Za-z0-9_~@:+=,-]+)*`
const canonical = new RegExp(`^(?:/|(?:/${SEGMENT})+)$`)

/**
 * One spelling per resource, or a limiter, a log and a router disagree about what was asked for (`//login`, `/./login`,
 * `%2flogin`, `/login/`, `/login.`, `/a\b`, `/a;x`). Our paths are plain ASCII, so an escape is never needed in one: what
 * could need it travels in the query or the body.
 */
export const isCanonicalPath = (path: string): boolean => canonical.test(path)
