/** An operating system, the CPU's architecture and, on Linux, the C library: in the words of npm. */
export interface Platform {
  os: string;
  cpu: string;
  libc?: 'glibc' | 'musl';
}

/** What there are binaries for. Each has a package of its own, of which npm installs the one that fits. */
export const PLATFORMS: readonly Platform[] = [
  { os: 'linux', cpu: 'x64', libc: 'glibc' },
  { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  { os: 'linux', cpu: 'x64', libc: 'musl' },
  { os: 'linux', cpu: 'arm64', libc: 'musl' },
  { os: 'darwin', cpu: 'x64' },
  { os: 'darwin', cpu: 'arm64' },
  { os: 'win32', cpu: 'x64' },
];

/** The platform of this process. */
export function thisPlatform(): Platform {
  const { platform: os, arch: cpu } = process;
  return os === 'linux' ? { os, cpu, libc: libc() } : { os, cpu };
}

/** Its name: `linux-x64`, `linuxmusl-x64`, `darwin-arm64`. */
export function nameOf({ os, cpu, libc }: Platform): string {
  return `${os}${libc === 'musl' ? 'musl' : ''}-${cpu}`;
}

/** The package with the binary for a platform. */
export function packageOf(platform: Platform): string {
  return `@fbsd/native-${nameOf(platform)}`;
}

function libc(): 'glibc' | 'musl' {
  const report = process.report as { excludeNetwork?: boolean; getReport(): object };
  report.excludeNetwork = true; // or it looks up the names of all that the process is connected with
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ? 'glibc' : 'musl';
}
