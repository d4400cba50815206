/** What shows the server that a request comes from its own page: Django's cookie, sent back in a header. */
export const csrfToken = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
