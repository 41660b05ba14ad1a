/** Where a file of an artifact is; the platform serves it sandboxed. */
export function fileAddress(artifactId: string, path: string): string {
  return `/api/v1/artifacts/${artifactId}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}
