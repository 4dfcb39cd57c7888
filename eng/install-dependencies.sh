#!/usr/bin/env bash
# Installs what the check needs beyond the .NET SDK: flatc, which reads and writes the messages of sandboxes for comparison, skopeo,
# which copies stored snapshots, and what the end-to-end tests boot a guest with: QEMU, a static busybox, Debian's kernel for virtual
# machines. Unpacks Wine, which runs the Windows build of the tests. For Debian and its kin.
set -euo pipefail
shopt -s nullglob

packages=(flatbuffers-compiler skopeo qemu-system-x86 busybox-static patchelf)
# The tests look here and in /boot.
kernels=/var/cache/lodge
wine=/var/cache/lodge/wine-10

if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK is missing; global.json says which version is needed." >&2
    exit 1
fi

# Another package manager at work is waited for, not fought.
apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
export DEBIAN_FRONTEND=noninteractive

is_installed() {
    dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

has_kernel() {
    local found=({/boot,"$kernels"}/vmlinuz-*-cloud-amd64)
    [[ ${#found[@]} != 0 ]]
}

# Unpacked, not installed: an installed kernel brings a boot loader's hooks along, and this machine would boot it.
unpack_kernel() {
    local package folder
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -nE 's/^ *Depends: (linux-image-[^ ]+)$/\1/p' | head -n 1)
    folder=$(mktemp --directory)
    trap "rm -rf '$folder'" EXIT
    (cd "$folder" && "${apt[@]}" -o APT::Sandbox::User=root download "$package")
    dpkg-deb --extract "$folder"/*.deb "$folder/root"
    mkdir -p "$kernels"
    cp "$folder"/root/boot/vmlinuz-* "$kernels"
    echo "$package is unpacked."
}

missing=()
for package in "${packages[@]}"; do
    if is_installed "$package"; then
        echo "$package is installed."
    else
        missing+=("$package")
    fi
done

if [[ ${#missing[@]} != 0 || ! -d $wine ]] || ! has_kernel; then
    "${apt[@]}" update
fi

if [[ ${#missing[@]} != 0 ]]; then
    "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"
fi

if has_kernel; then
    echo "A kernel for virtual machines is there."
else
    unpack_kernel
fi

if [[ -d $wine ]]; then
    echo "Wine is there."
else
    bash "$(dirname "${BASH_SOURCE[0]}")/unpack-wine.sh" "$wine"
fi
