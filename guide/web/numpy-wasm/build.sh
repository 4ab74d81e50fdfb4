#!/bin/bash
# NumPy for Pyodide 314.x: PyPI sdist -> WebAssembly wheel, with Debian's Emscripten.
#
# Usage (as root):
#   build.sh WORK_DIR PYODIDE_DIR NUMPY_SDIST OUT_WHEEL
#
# Inputs
#   WORK_DIR      empty or new folder for the chroot and the log (about 1 GB)
#   PYODIDE_DIR   the unpacked npm package pyodide (its python_stdlib.zip is read)
#   NUMPY_SDIST   numpy-2.4.6.tar.gz from PyPI, unmodified
#   OUT_WHEEL     e.g. numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl;
#                 the NumPy version is taken from this name
# Environment
#   DEBIAN_SUITE        default forky
#   DEBIAN_MIRROR       default: the one mmdebstrap knows
#   ALLOW_STALE_MIRROR  1 = ignore the mirror's Valid-Until date (signatures are still checked)
#   JOBS                compile jobs, default 1
#   KEEP_TESTS          1 = keep NumPy's tests in the wheel, to run its test suite
# Output
#   OUT_WHEEL, its size and sha256 on stdout; the build log in WORK_DIR/build.log
#
# Needs: root, mmdebstrap, chroot, python3 with pip, unzip; amd64 host. About 5 to 7 minutes at JOBS=1.
#
# Versions used for the wheel in this folder: Pyodide 314.0.7 (CPython 3.14.2, Emscripten 5.0.3,
#   ABI pyemscripten_2026_0), Debian forky with Emscripten 6.0.5, clang 21 and Python 3.14.8,
#   Cython 3.2.9, ninja 1.13.2, NumPy 2.4.6 with its vendored meson, no source patch.
# Checks made: 0 unresolved imports in the 19 modules against Pyodide 314.0.7; 43,945 NumPy tests
#   passed, 0 failed, in Pyodide 314.0.7 under node (a first, manual build with the same flags);
#   1,916 passed, 0 failed (linalg, fft, random) for the wheel in this folder. The build was run
#   twice: equal but for source-path strings in 5 modules.
# Note: a rebuild has another sha256. numpy/__config__.py records the paths of the compiler and of
#   Python, which were others when the wheel in this folder was built, and that archive carries one
#   build date. Compare file contents, then put the new sha256 in the lock file.
# This tidied form has not been run as a whole. Its Python part was compared with the form used for
#   the build: same pyconfig.h, same files and contents in the wheel.
# Only LICENSE.txt and the notices inside the package are put in the wheel. The other notices that NumPy's
#   pyproject.toml lists (license-files) stand in licenses/ and are published beside the wheel.
set -euo pipefail

work=$(mkdir -p "$1" && realpath "$1")
pyodide=$(realpath "$2")
sdist=$(realpath "$3")
out=$4
here=$(cd "$(dirname "$0")" && pwd)

python=3.14
abi=cp314
platform=pyemscripten_2026_0_wasm32
version=$(basename "$out" | cut -d- -f2)

root=$work/root            # the chroot
build=$root/build          # everything of ours in it; /build from inside

# 1. Toolchain: Emscripten, clang, node, and the same CPython minor version as Pyodide's, with headers.
apt_options=()
[ "${ALLOW_STALE_MIRROR:-0}" = 1 ] && apt_options+=(--aptopt='Acquire::Check-Valid-Until "false"')
mmdebstrap "${apt_options[@]}" --variant=apt --include="python3,libpython$python-dev,emscripten" \
    "${DEBIAN_SUITE:-forky}" "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
mkdir -p "$build"/{bin,sysconfig,src}

# 2. Cython and ninja for the build Python (the chroot's).
python3 -m pip install -q --target "$build/pytools" --python-version "$python" --only-binary=:all: \
    --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 \
    cython==3.2.9 ninja==1.13.2

# 3. Target Python: sysconfig data of Pyodide's own CPython, and pyconfig.h rebuilt from it.
unzip -oq "$pyodide/python_stdlib.zip" '_sysconfigdata*' -d "$build/sysconfig"
python3 "$here/wasm_wheel.py" pyconfig "$build"/sysconfig/_sysconfigdata*.py \
    "$root/usr/include/x86_64-linux-gnu/python$python/pyconfig.h" \
    "$root/usr/include/python$python/pyconfig.h"

# 4. Compiler and Python wrappers, meson cross file. Flags are those of Pyodide's sysconfig data.
#    -sSIDE_MODULE only for real modules (-shared), so that meson's feature checks stay honest.
cat > "$build/bin/emcc" <<'WRAPPER'
#!/bin/sh
tool=$(basename "$0")
extra=""
for a in "$@"; do
    [ "$a" = "-shared" ] && extra="-sSIDE_MODULE=1 -sWASM_BIGINT"
done
exec /usr/bin/$tool -fPIC -fwasm-exceptions -sSUPPORT_LONGJMP=wasm "$@" $extra
WRAPPER
cp "$build/bin/emcc" "$build/bin/em++"
cat > "$build/bin/python3" <<'WRAPPER'
#!/bin/sh
export _PYTHON_SYSCONFIGDATA_NAME=_sysconfigdata__emscripten_wasm32-emscripten
export PYTHONPATH=/build/sysconfig:/build/pytools
exec /usr/bin/python3 "$@"
WRAPPER
cat > "$build/bin/cython" <<'WRAPPER'
#!/bin/sh
export PYTHONPATH=/build/pytools
exec /usr/bin/python3 -m cython "$@"
WRAPPER
chmod +x "$build"/bin/*
cat > "$build/cross.ini" <<'CROSS'
[binaries]
c = '/build/bin/emcc'
cpp = '/build/bin/em++'
ar = '/usr/bin/emar'
python = '/build/bin/python3'
cython = '/build/bin/cython'
exe_wrapper = '/usr/bin/node'
pkgconfig = 'false'
[properties]
needs_exe_wrapper = true
skip_sanity_check = true
longdouble_format = 'IEEE_QUAD_LE'
[host_machine]
system = 'emscripten'
cpu_family = 'wasm32'
cpu = 'wasm'
endian = 'little'
CROSS

# 5. Build and install into /build/install of the chroot.
tar xzf "$sdist" -C "$build/src" --strip-components=1
cat > "$build/run.sh" <<'RUN'
set -e
cd /build/src
export PATH=/build/bin:/build/pytools/bin:/usr/bin:/bin
export SOURCE_DATE_EPOCH=1767225600            # 2026-01-01
meson="/usr/bin/python3 vendored-meson/meson/meson.py"
$meson setup /build/obj --cross-file=/build/cross.ini -Dbuildtype=release \
    -Dallow-noblas=true -Ddisable-optimization=true -Dprefix=/build/install
ninja -C /build/obj -j"$1"
$meson install -C /build/obj --no-rebuild --tags=runtime,python-runtime,tests
RUN
chroot "$root" bash /build/run.sh "${JOBS:-1}" > "$work/build.log" 2>&1

# 6. Wheel.
site=$(dirname "$(find "$build/install" -type d -name numpy -path '*packages*' | head -n 1)")
keep_tests=()
[ "${KEEP_TESTS:-0}" = 1 ] && keep_tests+=(--keep-tests)
python3 "$here/wasm_wheel.py" wheel "$site" "$out" --version "$version" --python-tag "$abi" \
    --platform "$platform" --license "$build/src/LICENSE.txt" "${keep_tests[@]}"
