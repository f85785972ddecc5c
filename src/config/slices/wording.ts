/** What several variables take, in words. */
export const NAMESPACES = 'names of namespaces, separated by commas';
export const HTTP_URL = 'an http:// or https:// URL without credentials, such as http://awoooi.example.com';
export const DURATION = 'a whole number and s, m, h or d, such as 30m or 72h';
