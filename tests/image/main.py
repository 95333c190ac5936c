"""tests/image/run, inside namespaces of its own."""

import argparse
import hashlib
import shutil
import subprocess

import build
import dockerfile
import started


def packages_key():
    """What the stage of the packages is made of; it is kept as long as that stays the same."""
    return hashlib.sha256((build.ROOT / "Dockerfile").read_bytes() +
                          (build.ROOT / "Makefile").read_bytes()).hexdigest()


def kept(folder, key):
    mark = build.BUILD / f"{folder.name}.key"
    return folder.exists() and mark.exists() and mark.read_text() == key


def build_stages(stages, wanted, again=""):
    """The folders of the stages, by name."""
    folders = {}
    for stage in stages:
        name = stage.name or "final"
        folder = build.BUILD / f"stage-{name}{again if name != 'packages' else ''}"
        if name not in wanted:
            continue
        if name == "packages" and kept(folder, packages_key()):
            build.say("packages: as they were")
        else:
            build.play(stage, folders, folder)
            if name == "packages":
                (build.BUILD / f"{folder.name}.key").write_text(packages_key())
        folders[name] = folder
    return folders


def same(one, other):
    first, second = build.digest(one), build.digest(other)
    build.say(f"built twice: {first}\n             {second}")
    if first != second:
        subprocess.run(["diff", "--recursive", "--brief", "--no-dereference", one, other])
        raise SystemExit("the two file systems differ")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-tests", action="store_true", help="leave the stage `test` away")
    parser.add_argument("--twice", action="store_true", help="build again, and compare")
    flags = parser.parse_args()
    build.BUILD.mkdir(parents=True, exist_ok=True)

    epoch = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=build.ROOT, text=True,
                           stdout=subprocess.PIPE, check=True).stdout.strip()
    stages = dockerfile.parse((build.ROOT / "Dockerfile").read_text(), {"SOURCE_DATE_EPOCH": epoch})
    # What is not known to be good is not to be found: a stage that fails leaves no image.
    shutil.rmtree(build.BUILD / "stage-final", ignore_errors=True)
    wanted = {stage.name or "final" for stage in stages} - ({"test"} if flags.no_tests else set())
    folders = build_stages(stages, wanted)
    if flags.twice:
        same(folders["final"], build_stages(stages, wanted - {"test"}, "-again")["final"])
    started.check(folders["final"], stages[-1])


if __name__ == "__main__":
    main()
