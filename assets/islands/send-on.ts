// Runs in the browser, beside src/oidc/pages/form-post.tsx: `npm run docs` makes send-on.js of it.
document.querySelector<HTMLFormElement>('#send-on')?.requestSubmit()
