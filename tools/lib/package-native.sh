# shellcheck shell=bash
# Packages of other systems, made with their tools on this machine. Needs tarball.sh, $TOP, $WORK and
# $OUT.

# What Fedora's packages of rpm, meson and systemd define and Debian's rpm does not.
rpm_macros() {
  cat <<X
%_topdir $WORK/rpm
%_libdir %{_prefix}/lib64
%_sbindir %{_prefix}/sbin
%_sysconfdir /etc
%_localstatedir /var
%_sharedstatedir /var/lib
%_unitdir %{_prefix}/lib/systemd/system
%_metainfodir %{_datadir}/metainfo
%_vpath_builddir redhat-linux-build
%meson meson setup --buildtype=plain --prefix=%{_prefix} --libdir=%{_libdir} --libexecdir=%{_libexecdir} --sbindir=%{_sbindir} --sysconfdir=%{_sysconfdir} --localstatedir=%{_localstatedir} --auto-features=enabled %{_vpath_builddir}
%meson_build meson compile -C %{_vpath_builddir}
%meson_install DESTDIR=%{buildroot} meson install -C %{_vpath_builddir} --no-rebuild
%find_lang /usr/lib/rpm/find-lang.sh %{buildroot}
%__os_install_post find %{buildroot} -type f '(' -perm -100 -o -name '*.so' ')' -exec strip -s {} + 2> /dev/null || :; find %{buildroot}%{_mandir} -type f -exec gzip -9n {} +
%systemd_requires Requires: systemd
%systemd_post() systemctl --no-reload preset %{?*} || :
%systemd_postun() systemctl daemon-reload || :
X
}

# libnm in the directory of other systems than Debian
libnm_in() {  # directory
  mkdir -p "$WORK/pc"
  sed -e "s|^libdir=.*|libdir=$1|" -e "/^plugindir=/d" "$(pkg-config --variable=pcfiledir libnm)/libnm.pc" > "$WORK/pc/libnm.pc"
  export PKG_CONFIG_PATH=$WORK/pc
}

package_rpm() {
  local out=$OUT/rpm file
  command -v rpmbuild > /dev/null || die "rpmbuild is missing; install the package rpm"
  mkdir -p "$out" "$WORK"/rpm/{SOURCES,SPECS} || return 1
  tarball_make "$WORK/rpm/SOURCES/$(tarball_name)" || return 1
  cp "$TOP/packaging/NetworkManager-wirelink.spec" "$WORK/rpm/SPECS/" || return 1
  if command -v rpmlint > /dev/null; then
    rpmlint -c "$TOP/packaging/rpmlint.toml" "$TOP/packaging/NetworkManager-wirelink.spec" || return 1
  fi
  local options=()
  # another system than Fedora and its like
  if [ "$(rpm --eval '%{?_unitdir}')" = '' ]; then
    rpm_macros > "$WORK/macros"
    options=(--nodeps --load "$WORK/macros")
    libnm_in /usr/lib64
  fi
  if ! rpmbuild -ba "${options[@]}" "$WORK/rpm/SPECS/NetworkManager-wirelink.spec" > "$out/build.log" 2>&1; then
    tail -n 40 "$out/build.log" >&2
    return 1
  fi
  rm -f "$out"/*.rpm
  cp "$WORK"/rpm/RPMS/*/*.rpm "$WORK"/rpm/SRPMS/*.rpm "$out/" || return 1
  if command -v rpmlint > /dev/null; then
    rpmlint -c "$TOP/packaging/rpmlint.toml" "$out"/*.rpm || return 1
  fi
  for file in "$out"/*.rpm; do echo "package: rpm: $file"; done
}

package_arch() {
  local out=$OUT/arch run=() file
  command -v makepkg > /dev/null || die "makepkg is missing; install the package makepkg"
  command -v bsdtar > /dev/null || die "bsdtar is missing; install the package libarchive-tools"
  mkdir -p "$out" "$WORK/arch" "$WORK/bin" || return 1
  tarball_make "$WORK/arch/$(tarball_name)" || return 1
  cp "$TOP"/packaging/{PKGBUILD,wirelinkd.install} "$WORK/arch/" || return 1
  if ! command -v arch-meson > /dev/null; then
    libnm_in /usr/lib
    # as Arch's package of meson
    cat > "$WORK/bin/arch-meson" << 'X'
#!/bin/sh
exec meson setup --prefix /usr --libdir lib --libexecdir lib --sbindir bin --buildtype plain \
  --auto-features enabled --wrap-mode nodownload -D b_pie=true "$@"
X
    chmod 755 "$WORK/bin/arch-meson"
  fi
  # makepkg refuses root
  if [ "$(id -u)" = 0 ]; then
    chown -R nobody: "$WORK/arch"
    chmod 755 "$WORK"
    run=(setpriv --reuid=nobody --regid=nogroup --clear-groups env "HOME=$WORK/arch")
  fi
  if ! (cd "$WORK/arch" && "${run[@]}" env PATH="$WORK/bin:$PATH" PKGDEST="$WORK/arch" \
    makepkg --nodeps --nocheck --force) > "$out/build.log" 2>&1; then
    tail -n 40 "$out/build.log" >&2
    return 1
  fi
  # every installed file belongs to a package
  if [ -n "$(find "$WORK/arch/src/all" -type f)" ]; then
    echo "package: files that belong to no package:" >&2
    (cd "$WORK/arch/src/all" && find . -type f) >&2
    return 1
  fi
  rm -f "$out"/*.pkg.tar.*
  cp "$WORK"/arch/*.pkg.tar.* "$out/" || return 1
  ! command -v namcap > /dev/null || namcap "$out"/*.pkg.tar.* || return 1
  for file in "$out"/*.pkg.tar.*; do echo "package: arch: $file"; done
}
