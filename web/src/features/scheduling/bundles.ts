import type { Workload } from "@/lib/api/types";

/** Equal parts of a workload. */
export interface BundleGroup {
  key: string;
  /** The process that leads the others; the platform names it first. */
  driver: boolean;
  count: number;
  cpu: number;
  gpu: number;
  /** Bytes; 0 asks for none. */
  memory: number;
}

/** The driver, then the others, equal ones together. */
export function grouped(bundles: Workload["bundles"]): BundleGroup[] {
  const groups: BundleGroup[] = [];
  bundles.forEach(({ cpu, gpu, memory }, index) => {
    const last = groups.at(-1);
    if (last && !last.driver && last.cpu === cpu && last.gpu === gpu && last.memory === memory) last.count += 1;
    else groups.push({ key: String(index), driver: index === 0, count: 1, cpu, gpu, memory });
  });
  return groups;
}
