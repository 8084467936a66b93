/** The database of the instance, and the roles of the embedded server. All are logins, by peer authentication. */
export const DATABASE = 'hearthkey'
/** Exists in the embedded server alone, and only prepares it: nothing that serves or migrates connects as it. */
export const SUPERUSER = 'hearthkey_super'
export const OWNER = 'hearthkey_owner'
export const APP = 'hearthkey_app'
