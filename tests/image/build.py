"""Plays a Dockerfile's stages in folders: what Docker would do, step by step, by chroot."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "image"


def say(text):
    print(text, flush=True)


def debian(image):
    """The folder with the file system of an image like debian:trixie-slim, made by debootstrap."""
    suite = image.removeprefix("debian:").removesuffix("-slim")
    folder = BUILD / suite
    if not folder.exists():
        say(f"{image}: debootstrap")
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with open(BUILD / "debootstrap.log", "w") as log:
            subprocess.run(["debootstrap", "--variant=minbase", suite, part], stdout=log, check=True)
        part.rename(folder)
    return folder


def in_chroot(root, command, cwd="/", environment=None, log=None):
    """Runs a shell's command line inside; the mounts are those of the namespace that ./run made."""
    mounts = [("proc", "-t proc proc"), ("dev", "--rbind /dev"), ("dev/shm", "-t tmpfs tmpfs")]
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    for place, how in mounts:
        subprocess.run(["mount", *how.split(), root / place], check=True)
    try:
        return subprocess.run(
            ["chroot", root, "/bin/sh", "-c", f"cd {cwd} && {command}"],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **(environment or {})},
            stdout=log, stderr=subprocess.STDOUT if log else None, stdin=subprocess.DEVNULL,
        ).returncode
    finally:
        for place in ("dev", "proc"):
            subprocess.run(["umount", "--recursive", root / place], check=True)


def copy_context(target):
    """What a clone has: the files that git knows, and new ones that it does not ignore."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    there = [name for name in names.split(b"\0") if name and os.path.lexists(ROOT / os.fsdecode(name))]
    packed = subprocess.Popen(["tar", "--create", "--null", "--files-from=-"], cwd=ROOT,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    unpacked = subprocess.Popen(["tar", "--extract", "--no-same-owner", "--directory", target],
                                stdin=packed.stdout)
    packed.stdin.write(b"\0".join(there))
    packed.stdin.close()
    if packed.wait() or unpacked.wait():
        raise SystemExit("the project's files could not be copied")


def play(stage, bases, folder):
    """The stage's file system in `folder`. `bases`: the folders of the stages before it, by name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if stage.base != "scratch":
        base = bases.get(stage.base) or debian(stage.base)
        subprocess.run(["cp", "-a", "--reflink=auto", f"{base}/.", folder], check=True)
    cwd, environment, log = folder / ".cwd", {}, BUILD / f"{folder.name}.log"
    # Docker keeps the working directory of a stage for those that begin with it.
    at = cwd.read_text() if cwd.exists() else "/"
    for one in stage.instructions:
        if one.word == "RUN":
            begun = time.monotonic()
            with open(log, "a") as out:
                code = in_chroot(folder, one.rest, at, environment, out)
            if code != 0:
                subprocess.run(["tail", "-40", log])
                raise SystemExit(f"Dockerfile:{one.line}: {one.rest}: exit {code}; all of it is in {log}")
            say(f"{time.monotonic() - begun:6.0f} s  {stage.name}: {one.rest}")
        elif one.word == "WORKDIR":
            at = one.rest
            (folder / at.lstrip("/")).mkdir(parents=True, exist_ok=True)
            cwd.write_text(at)
        elif one.word == "COPY":
            copy(one.list(), bases, folder, at)
        elif one.word in ("ENV", "ARG"):
            environment.update(one.pairs())
    return folder


def copy(words, bases, folder, at):
    target = folder / (pathlib.Path(at) / words[-1]).as_posix().lstrip("/")
    if words[0].startswith("--from="):
        source = bases[words[0].removeprefix("--from=")] / words[1].lstrip("/")
        subprocess.run(["cp", "-a", f"{source}/.", target], check=True)
    elif words[:-1] == ["."]:
        copy_context(target)
    else:
        for word in words[:-1]:
            shutil.copy(ROOT / word, target)


def digest(folder):
    """Of names, kinds, modes, times, links and contents: of all that an image's layer has."""
    listed = subprocess.run(
        ["tar", "--create", "--sort=name", "--numeric-owner", "--format=posix",
         "--pax-option=delete=atime,delete=ctime", "--directory", folder, "."],
        stdout=subprocess.PIPE, check=True).stdout
    return hashlib.sha256(listed).hexdigest()
