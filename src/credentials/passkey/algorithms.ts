/**
 * Ed25519, ECDSA on P-256, RSA (COSE numbers), in the order in which we would have them: what every authenticator has one of.
 * One list for the question and for the judgement of the answer: two that differ turn away what was asked for.
 */
export const algorithms = [-8, -7, -257]
