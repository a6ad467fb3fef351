# SPDX-License-Identifier: Apache-2.0
"""Makes the container image of hired: scripts/image [--binary FILE] [--tag TAG] [DIR].

The image has the binary, the shared libraries that it needs, certificates and time zones, and no shell. All files come from the Debian packages
of this machine, so it must be the Debian that hired was built on. Without --binary hired is built. The archive (OCI layout in a tar) goes to DIR
(dist), and its path is printed. Needs umoci; neither root nor a network.
"""
import argparse
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
USER = 65532  # a number, so that Kubernetes can see that it is not root
DATA = "/var/lib/hired"
CONFIG = {"listen": "0.0.0.0:8080", "data": DATA, "drain": "7s"}  # docker stop kills after 10 s
EXTRA = ["base-files", "ca-certificates", "tzdata"]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"scripts/image: {' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Layer:
    """A tar whose bytes depend on its contents and on SOURCE_DATE_EPOCH only."""

    def __init__(self, path, mtime):
        self.tar, self.mtime, self.made = tarfile.open(path, "w", format=tarfile.PAX_FORMAT), mtime, set()

    def _add(self, name, kind, mode, uid=0, data=b"", link=""):
        name = name.strip("/")
        if name in self.made:
            return
        if "/" in name:
            self._add(os.path.dirname(name), tarfile.DIRTYPE, 0o755)
        self.made.add(name)
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.uid, info.gid, info.mtime = kind, mode, uid, uid, self.mtime
        info.size, info.linkname = len(data), link
        self.tar.addfile(info, io.BytesIO(data))

    def folder(self, name, mode=0o755, uid=0):
        self._add(name, tarfile.DIRTYPE, mode, uid)

    def link(self, name, to):
        self._add(name, tarfile.SYMTYPE, 0o777, link=to)

    def text(self, name, text, mode=0o644):
        self._add(name, tarfile.REGTYPE, mode, data=text.encode())

    def copy(self, name, source=None):
        """A file of this machine; a link becomes the file that it names."""
        source = source or name
        mode = 0o755 if os.access(source, os.X_OK) else 0o644
        self._add(name, tarfile.REGTYPE, mode, data=pathlib.Path(source).read_bytes())


def libraries(binary):
    """The loader and the libraries: [where the binary looks for it, ...]."""
    found = re.findall(r"^\s*(?:\S+ => )?(/\S+) \(0x", run("ldd", binary), re.M)
    if not found or "not found" in run("ldd", binary):
        sys.exit(f"scripts/image: a library that {binary} needs is not here: ldd {binary}")
    return found


def packages_of(paths):
    # Some packages name their files as before /lib became a link to /usr/lib.
    names = {path: {os.path.realpath(path), os.path.realpath(path).removeprefix("/usr")} for path in paths}
    found = subprocess.run(["dpkg-query", "-S", *set().union(*names.values())], capture_output=True, text=True).stdout
    owner = {line.split(": ")[1]: line.split(":")[0] for line in found.splitlines()}
    for path in paths:
        if not names[path] & set(owner):
            sys.exit(f"scripts/image: {path} is not of a Debian package")
    return set(owner.values())


def files_of(package, pattern):
    return sorted(f for f in run("dpkg-query", "-L", package).splitlines() if re.fullmatch(pattern, f) and os.path.isfile(f))


def base_layer(path, binary, mtime):
    layer = Layer(path, mtime)
    for name in ("bin", "lib", "lib64", "sbin"):
        layer.folder(f"usr/{name}")
        layer.link(name, f"usr/{name}")
    layer.folder("tmp", 0o1777)
    found = libraries(binary)
    packages = sorted(packages_of(found) | set(EXTRA))
    for library in found:
        layer.copy("/usr" + library if not library.startswith("/usr/") else library, library)
    layer.text("etc/passwd", f"root:x:0:0:root:/root:/sbin/nologin\nhired:x:{USER}:{USER}:hired:{DATA}:/sbin/nologin\n")
    layer.text("etc/group", f"root:x:0:\nhired:x:{USER}:\n")
    layer.text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
    layer.copy("usr/lib/os-release", "/usr/lib/os-release")
    layer.link("etc/os-release", "../usr/lib/os-release")
    # Not /etc/ssl/certs of this machine, which may have authorities of its own.
    layer.text("etc/ssl/certs/ca-certificates.crt",
               "".join(pathlib.Path(f).read_text() for f in files_of("ca-certificates", r"/usr/share/ca-certificates/.*\.crt")))
    layer.link("usr/lib/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt")
    for f in files_of("tzdata", r"/usr/share/zoneinfo/(?!posix/|right/).*"):
        if os.path.islink(f):
            layer.link(f, os.path.relpath(os.path.realpath(f), os.path.dirname(f)))
        else:
            layer.copy(f)
    for f in files_of("base-files", r"/usr/share/common-licenses/.*"):
        layer.copy(f)
    about = {re.search(r"^Package: (\S+)", text, re.M)[1]: text for text in run("dpkg-query", "-s", *packages).split("\n\n")}
    for package in packages:
        layer.copy(f"usr/share/doc/{package}/copyright", f"/usr/share/doc/{package}/copyright")
        # What programs that look for known defects in images read.
        layer.text(f"var/lib/dpkg/status.d/{package}", about[package].strip() + "\n")
    layer.tar.close()


def hired_layer(path, binary, mtime):
    layer = Layer(path, mtime)
    ini = run(binary, "help", "config")
    for name, value in CONFIG.items():
        ini, n = re.subn(rf"^{name} = .*$", f"{name} = {value}", ini, flags=re.M)
        if n != 1:
            sys.exit(f"scripts/image: the configuration of {binary} has {n} lines of {name}")
    layer.text("etc/hired.ini", ini)
    layer.copy("usr/bin/hired", binary)
    layer.copy("usr/share/doc/hired/copyright", ROOT / "debian/copyright")
    layer.folder(DATA, 0o700, USER)
    layer.tar.close()


def blob(layout, digest):
    return layout / "blobs" / "sha256" / digest.removeprefix("sha256:")


def replace(layout, descriptor, value):
    """Writes the JSON that a descriptor names anew, and lets the descriptor name it."""
    data = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    blob(layout, descriptor["digest"]).unlink()
    descriptor["digest"] = "sha256:" + hashlib.sha256(data).hexdigest()
    descriptor["size"] = len(data)
    blob(layout, descriptor["digest"]).write_bytes(data)


def add_health_check(layout):
    """The OCI format defines no health check, and umoci writes none. Docker reads this member of the configuration; others ignore it."""
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(blob(layout, index["manifests"][0]["digest"]).read_text())
    config = json.loads(blob(layout, manifest["config"]["digest"]).read_text())
    second = 1_000_000_000
    config["config"]["Healthcheck"] = {"Test": ["CMD", "/usr/bin/hired", "ready"], "Interval": 30 * second, "Timeout": 5 * second,
                                       "StartPeriod": 30 * second, "Retries": 3}
    replace(layout, manifest["config"], config)
    replace(layout, index["manifests"][0], manifest)
    (layout / "index.json").write_text(json.dumps(index, separators=(",", ":"), sort_keys=True))


def make(work, binary, tag, version, created):
    layout, mtime = work / "image", int(created)
    when = run("date", "-u", "-d", f"@{mtime}", "+%Y-%m-%dT%H:%M:%SZ").strip()
    image = f"{layout}:{tag}"
    run("umoci", "init", "--layout", layout)
    run("umoci", "new", "--image", image)
    for name, fill in (("base", base_layer), ("hired", hired_layer)):
        tar = work / f"{name}.tar"
        fill(tar, binary, mtime)
        run("umoci", "raw", "add-layer", "--image", image, "--history.created", when, "--history.created_by", f"scripts/image: {name}", tar)
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    labels = {"title": "hired", "description": "Recruiting server with the Feishu/Lark Hire open API", "version": version,
              "licenses": "Apache-2.0", "created": when, **({"revision": commit} if commit else {})}
    options = [x for name, value in labels.items() for x in ("--config.label", f"org.opencontainers.image.{name}={value}")]
    run("umoci", "config", "--image", image, "--no-history", "--created", when, "--config.user", f"{USER}:{USER}", "--config.exposedports", "8080/tcp",
        "--config.volume", DATA, "--config.workingdir", DATA, "--config.env", "PATH=/usr/bin", "--config.env", "HIRED_CONFIG=/etc/hired.ini",
        "--config.entrypoint", "/usr/bin/hired", "--config.cmd", "serve", "--config.stopsignal", "SIGTERM", *options)
    run("umoci", "gc", "--layout", layout)
    add_health_check(layout)
    return layout


def main():
    parser = argparse.ArgumentParser(usage="scripts/image [--binary FILE] [--tag TAG] [DIR]",
                                     description="Makes the container image of hired and prints its path (docs/OPERATING.md). Needs umoci.")
    parser.add_argument("--binary", metavar="FILE", help="the program; otherwise hired is built")
    parser.add_argument("--tag", help="the image's tag and the VERSION in the file's name; otherwise hired's version")
    parser.add_argument("dir", metavar="DIR", nargs="?", default="dist", help="where hired_VERSION_ARCH.oci.tar goes (dist)")
    args = parser.parse_args()
    if not shutil.which("umoci") or not shutil.which("dpkg-query"):
        sys.exit("scripts/image needs Debian and umoci: apt-get install -y --no-install-recommends umoci")
    if not args.binary:
        subprocess.run([ROOT / "scripts/build", ROOT / "build"], check=True, stdout=sys.stderr)
    binary = os.path.realpath(args.binary or ROOT / "build/hired")
    version = run(binary, "version").split()[1]
    tag = args.tag or version
    if not re.fullmatch(r"[\w][\w.-]{0,127}", tag):
        sys.exit("scripts/image: a tag has letters, digits, '_', '.' and '-' only")
    created = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "-C", ROOT, "log", "-1", "--format=%ct"], capture_output=True, text=True).stdout.strip() or "0"
    architecture = run("dpkg", "--print-architecture").strip()
    out = pathlib.Path(args.dir).resolve() / f"hired_{tag}_{architecture}.oci.tar"
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        layout = make(pathlib.Path(work), binary, tag, version, created)
        run("tar", "--sort=name", f"--mtime=@{created}", "--owner=0", "--group=0", "--numeric-owner", "-C", layout, "-cf", out, "oci-layout", "index.json", "blobs")
    print(out)


if __name__ == "__main__":
    main()
