/** Where people type what their device shows; short, for it is typed itself. */
export const DEVICE_PATH = '/oauth/device'
/** RFC 8628 §3.1. */
export const DEVICE_AUTHORIZATION_PATH = '/oauth/device_authorization'
