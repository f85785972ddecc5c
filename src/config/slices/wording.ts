/** What several variables take, in words. */
export const NAMESPACES = 'names of namespaces, separated by commas';
export const HTTP_URL = 'an http:// or https:// URL without credentials, such as http://awoooi.example.com';
