/**
 * `common`: what anybody would guess first. `breached`: it stands in a list of passwords that were stolen somewhere, so
 * programs that guess have it too.
 */
export type Finding = 'common' | 'breached' | 'unknown'
