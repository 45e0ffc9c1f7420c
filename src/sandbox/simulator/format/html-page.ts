/** The page of a broken reverse proxy, for the faults that answer HTML. */
export function htmlErrorPage(status: number): string {
  return htmlPage(String(status));
}

/** A page with one message. */
export function htmlPage(title: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`;
}
