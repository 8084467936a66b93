// Its types bring those of a browser's pages into every file of ours; `auth-core.d.mts` says what is used instead.
export { Auth } from '@auth/core'
