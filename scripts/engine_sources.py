#!/usr/bin/env python3
"""Gathers and builds what the engine needs beside torch, for machines without a network.

engine_sources.py download DIR                   fetches the source packages into DIR
engine_sources.py build DIR PREFIX [--jobs N]    builds them from DIR and installs below PREFIX

The packages are Debian 12's source archives, pinned by their SHA-256. Called by scripts/setup
--engine-only --download and scripts/build --engine-only --offline. Only the standard library is used.
"""
import argparse
import dataclasses
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request

MIRRORS = (
    "http://deb.debian.org/debian/pool/main/",
    "https://snapshot.debian.org/archive/debian/20250520T000000Z/pool/main/",
)
TIMEOUT_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Source:
    """One library: where its archive is, what it must hash to, and how CMake shall build it."""

    name: str
    path: str
    sha256: str
    options: tuple = ()
    # Files that Debian's archive leaves out and that CMake only wants to see.
    left_out: tuple = ()
    # Where in the archive the library lies, and how CMake shall build it where it does not say.
    folder: str = "."
    cmake: str = ""

    @property
    def archive(self):
        return self.path.rsplit("/", 1)[1]


MINIZIP_CMAKE = """\
cmake_minimum_required(VERSION 3.25)
project(minizip C)
find_package(ZLIB REQUIRED)
add_library(minizip ioapi.c unzip.c zip.c)
target_link_libraries(minizip PRIVATE ZLIB::ZLIB)
install(TARGETS minizip)
install(FILES ioapi.h unzip.h zip.h TYPE INCLUDE)
"""

# In the order in which they are built.
SOURCES = (
    Source(
        "zlib",
        "z/zlib/zlib_1.2.13.dfsg.orig.tar.bz2",
        "71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1",
        left_out=("win32/zlib1.rc",),
    ),
    Source(
        "minizip",
        "z/zlib/zlib_1.2.13.dfsg.orig.tar.bz2",
        "71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1",
        ("-DCMAKE_INSTALL_INCLUDEDIR:STRING=include/minizip",),
        folder="contrib/minizip",
        cmake=MINIZIP_CMAKE,
    ),
    Source(
        "libpng",
        "libp/libpng1.6/libpng1.6_1.6.39.orig.tar.gz",
        "a00e9d2f2f664186e4202db9299397f851aea71b36a35e74910b8820e380d441",
        ("-DPNG_TESTS=OFF", "-DPNG_STATIC=OFF"),
    ),
    Source(
        "libjpeg-turbo",
        "libj/libjpeg-turbo/libjpeg-turbo_2.1.5.orig.tar.gz",
        "254f3642b04e309fee775123133c6464181addc150499561020312ec61c1bf7c",
        ("-DENABLE_STATIC=OFF", "-DWITH_TURBOJPEG=OFF"),
    ),
    Source(
        "hdf5",
        "h/hdf5/hdf5_1.10.8+repack1.orig.tar.gz",
        "7b38e58ff83b13fd8959a90b13bf896bc318ba096c940ab0847abf3ad41a0b31",
        # Thread-safe like Debian's serial build; that excludes the high-level library.
        (
            "-DHDF5_ENABLE_THREADSAFE=ON",
            "-DHDF5_BUILD_HL_LIB=OFF",
            "-DHDF5_BUILD_CPP_LIB=OFF",
            "-DHDF5_BUILD_TOOLS=OFF",
            "-DHDF5_BUILD_EXAMPLES=OFF",
            "-DHDF5_ENABLE_Z_LIB_SUPPORT=ON",
        ),
    ),
    Source(
        "nlohmann-json",
        "n/nlohmann-json3/nlohmann-json3_3.11.2.orig.tar.gz",
        "d69f9deb6a75e2580465c6c4c5111b89c4dc2fa94e3a85fcd2ffcd9a143d9273",
        ("-DJSON_BuildTests=OFF",),
    ),
    Source(
        "eigen",
        "e/eigen3/eigen3_3.4.0.orig.tar.bz2",
        "b4c198460eba6f28d34894e3a5710998818515104d6e74e5cc331ce31e46e626",
        ("-DEIGEN_BUILD_DOC=OFF",),
    ),
    Source(
        "cli11",
        "c/cli11/cli11_2.1.2+ds.orig.tar.xz",
        "8143d20b688e98ccce8e24562d3b68e5f47c12e896c42c7ca8553dbde5bed55d",
        ("-DCLI11_BUILD_TESTS=OFF", "-DCLI11_BUILD_EXAMPLES=OFF", "-DCLI11_BUILD_DOCS=OFF"),
    ),
    Source(
        "googletest",
        "g/googletest/googletest_1.12.1.orig.tar.gz",
        "81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2",
    ),
)

COMMON_OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DCMAKE_POSITION_INDEPENDENT_CODE=ON",
    "-DCMAKE_INSTALL_LIBDIR:STRING=lib",
    "-DBUILD_SHARED_LIBS=ON",
    "-DBUILD_TESTING=OFF",
    # Some of these projects name a minimum that CMake 4 no longer accepts.
    "-DCMAKE_POLICY_VERSION_MINIMUM=3.5",
    "--no-warn-unused-cli",
)


class Problem(Exception):
    """Something the user can mend; the text says what and how."""


def has_right_hash(path, source):
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == source.sha256


def fetch(source, folder):
    """Brings one archive into the folder, whole or not at all."""
    target = folder / source.archive
    if has_right_hash(target, source):
        return
    reasons = []
    for mirror in MIRRORS:
        url = mirror + source.path.replace("+", "%2b")
        partial = target.with_name(target.name + ".partial")
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
                partial.write_bytes(answer.read())
        except (urllib.error.URLError, OSError) as error:
            reasons.append(f"{url}: {error}")
            continue
        if not has_right_hash(partial, source):
            partial.unlink()
            reasons.append(f"{url}: not the expected file (wrong SHA-256)")
            continue
        partial.rename(target)
        print(f"{source.archive}: {target.stat().st_size / 1e6:.1f} MB")
        return
    raise Problem(f"could not fetch {source.archive}:\n  " + "\n  ".join(reasons))


def download(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        fetch(source, folder)
    archives = {source.archive for source in SOURCES}
    size = sum((folder / archive).stat().st_size for archive in archives)
    print(
        f"{len(archives)} source packages, {size / 1e6:.0f} MB, in {folder}. Take this folder and the "
        f"repository to the other machine; there: scripts/build --engine-only --offline {folder.name}"
    )


def unpack(source, archive, folder):
    """Unpacks the archive into a new folder; returns its top-level source folder."""
    folder.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(folder, filter="data")
        else:
            tar.extractall(folder)
    tops = [path / source.folder for path in folder.iterdir() if path.is_dir()]
    if source.cmake and len(tops) == 1:
        (tops[0] / "CMakeLists.txt").write_text(source.cmake)
    if len(tops) != 1 or not (tops[0] / "CMakeLists.txt").is_file():
        raise Problem(f"{archive} does not hold one folder with a CMakeLists.txt")
    for name in source.left_out:
        (tops[0] / name).parent.mkdir(exist_ok=True)
        (tops[0] / name).touch()
    return tops[0]


def run(command, folder, log):
    """Runs a command in a folder, its output in the log file; tells the log's end if it fails."""
    with log.open("a") as output:
        result = subprocess.run(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if result.returncode != 0:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise Problem(f"{' '.join(command)} failed; the end of {log}:\n{end}")


def build_one(source, archives, prefix, jobs):
    stamp = prefix / "built" / f"{source.name}-{source.sha256[:16]}"
    if stamp.exists():
        return
    archive = archives / source.archive
    if not has_right_hash(archive, source):
        raise Problem(
            f"{archive} is missing or damaged: gather the source packages on a machine with a network "
            "by scripts/setup --engine-only --download DIR and bring DIR here"
        )
    print(f"Building {source.name}", flush=True)
    work = prefix / "work" / source.name
    shutil.rmtree(work, ignore_errors=True)
    sources = unpack(source, archive, work / "source")
    log = work / "log"
    # Configured from within the build folder: HDF5's checks leave a file where they were started.
    tree = work / "build"
    tree.mkdir()
    configure = ["cmake", "-S", str(sources), "-B", str(tree)]
    configure += [f"-DCMAKE_INSTALL_PREFIX={prefix}", f"-DCMAKE_PREFIX_PATH={prefix}"]
    configure += [*COMMON_OPTIONS, *source.options]
    if shutil.which("ninja"):
        configure += ["-G", "Ninja"]
    run(configure, tree, log)
    run(["cmake", "--build", ".", "-j", str(jobs)], tree, log)
    run(["cmake", "--install", "."], tree, log)
    shutil.rmtree(work)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()


def build(archives, prefix, jobs):
    prefix.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        build_one(source, archives, prefix, jobs)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("download")
    verb.add_argument("folder", type=pathlib.Path)
    verb = verbs.add_parser("build")
    verb.add_argument("folder", type=pathlib.Path)
    verb.add_argument("prefix", type=pathlib.Path)
    verb.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    try:
        if arguments.verb == "download":
            download(arguments.folder.resolve())
        else:
            build(arguments.folder.resolve(), arguments.prefix.resolve(), arguments.jobs)
    except (Problem, OSError) as problem:
        sys.exit(f"scripts/engine_sources.py: {problem}")


if __name__ == "__main__":
    main()
