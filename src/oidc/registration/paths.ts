export const REGISTRATION_PATH = '/oauth/register'
