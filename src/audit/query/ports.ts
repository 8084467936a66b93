/** On whose authority an organisation's events are read. */
export interface Authority {
  allows(permission: 'audit.read'): boolean
}
