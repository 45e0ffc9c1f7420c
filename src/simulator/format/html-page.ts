/** The page of a broken reverse proxy, for the faults that answer HTML. */
export function htmlErrorPage(status: number): string {
  return `<html>\r\n<head><title>${status}</title></head>\r\n<body><center><h1>${status}</h1></center></body>\r\n</html>\r\n`;
}
