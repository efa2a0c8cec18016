# shellcheck shell=bash
# The source tarball. Needs $TOP.

tarball_version() { sed -n "s/^ *version: '\([^']*\)',$/\1/p" "$TOP/meson.build" | head -n 1; }
tarball_name() { echo "NetworkManager-wirelink-$(tarball_version).tar.xz"; }

# tarball_make FILE: as meson dist, but from the work tree, and without running tests. Like release
# tarballs it has no debian/, which distributions add. Its bytes depend on the files alone.
tarball_make() {
  (cd "$TOP" && git ls-files -z --cached --others --exclude-standard -- . ':!debian' |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    sort -z | tar --null -T - --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r-w \
      --mtime="@$(git log -1 --format=%ct)" --format=gnu \
      --transform "s|^|NetworkManager-wirelink-$(tarball_version)/|" -cf - | xz -T0 -1) > "$1"
}
