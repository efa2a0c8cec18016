# shellcheck shell=bash
# The QEMU half of vm-run, sourced by it: the host's root file system comes by virtiofs, streams and
# the exit status go through virtio-serial ports.

release_of() {  # bzImage: the release string inside it
  local offset
  offset=$(od -An -tu2 -j 526 -N 2 "$1" 2>/dev/null | tr -d ' ')
  [ -n "$offset" ] || return 1
  dd if="$1" bs=1 skip=$((offset + 512)) count=200 2>/dev/null | tr '\0' '\n' | sed -n '1s/ .*//p'
}

find_kernel() {  # "FILE RELEASE"
  local k r best='' candidates=()
  [ -z "$kernel" ] || candidates=("$kernel")
  mapfile -t -O ${#candidates[@]} candidates < <(printf '%s\n' /boot/vmlinuz-* | sort -V)
  for k in "${candidates[@]}"; do
    r=$(release_of "$k") || continue
    [ -e "/lib/modules/$r/modules.dep" ] || continue
    best="$k $r"
    [ "$k" != "$kernel" ] || break
    case $k in *cloud*) break;; esac
  done
  [ -n "$best" ] && echo "$best"
}

find_virtiofsd() {
  local f
  for f in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
    [ ! -x "$f" ] || { echo "$f"; return; }
  done
  return 1
}

can_qemu() {
  local program
  for program in qemu-system-x86_64 busybox cpio modprobe; do
    command -v $program > /dev/null || return 1
  done
  find_virtiofsd > /dev/null && find_kernel > /dev/null
}

make_initrd() {
  local irfs=$work/irfs n=100 m kind file seen=''
  mkdir -p "$irfs"/{bin,mods,proc,sys,dev,lower,rw,new,share}
  cp "$(command -v busybox)" "$irfs/bin/busybox"
  ln -sf busybox "$irfs/bin/sh"
  for m in virtio_pci virtio_console virtio_rng virtiofs overlay; do
    while read -r kind file _; do
      [ "$kind" = insmod ] || continue
      case " $seen " in *" $file "*) continue;; esac
      seen="$seen $file"
      cp "$file" "$irfs/mods/$n-${file##*/}"
      n=$((n + 1))
    done < <(modprobe -S "$release" --show-depends "$m" 2>/dev/null)
  done
  cp "$share"/* "$irfs/share/"
  install -m 755 "$here/vm/init-qemu" "$irfs/init"
  (cd "$irfs" && find . -print0 | cpio --quiet -0 -o -H newc) > "$work/initrd"
}

# Sets fs_options for a cache mode and a directory. The C program of Debian 12 has other options than its
# successor in Rust, which by default makes mount points of the host automount points, where overlayfs
# has no lower directory (EREMOTE).
set_fs_options() {  # always|auto DIRECTORY
  if [[ $("$virtiofsd" --help 2>&1) == *--no-announce-submounts* ]]; then
    fs_options=(--shared-dir="$2" --cache="$1" --sandbox=chroot --xattr --no-announce-submounts)
  else
    fs_options=(-o source="$2" -o cache="$1" -o sandbox=chroot -o xattr -f)
    # the default of its successor
    [ "$1" != always ] || fs_options+=(-o no_posix_lock)
  fi
}

# One virtiofsd. The root share shows a recursive bind mount that is read-only all over, so that not
# even a remount in the guest can write to the host.
serve() {  # tag dir ro|rw
  local fs_options=()
  if [ "$3" = ro ]; then
    set_fs_options always "$work/view"
    mkdir -p "$work/view"
    # shellcheck disable=SC2016  # for the inner shell
    unshare --mount --propagation private sh -c '
      mount --rbind / "$2" || exit 1
      while read -r _ _ _ _ m _; do
        case $m in "$2"|"$2"/*) mount -o remount,bind,ro "$m";; esac
      done < /proc/self/mountinfo
      socket=$1
      shift 2
      exec "$0" --socket-path="$socket" "$@"' \
      "$virtiofsd" "$work/$1.sock" "$work/view" "${fs_options[@]}" > "$work/$1.log" 2>&1 &
  else
    set_fs_options auto "$2"
    "$virtiofsd" --socket-path="$work/$1.sock" "${fs_options[@]}" > "$work/$1.log" 2>&1 &
  fi
  pids+=($!)
}

wait_sock() {  # tag
  local i
  for ((i = 0; i < 500; i++)); do
    [ ! -S "$work/$1.sock" ] || return 0
    sleep 0.01
  done
  cat "$work/$1.log" >&2
  die "virtiofsd for $1 did not start"
}

start_qemu() {  # kvm|tcg
  local args=() cpu=max cpus=$smp i d image port options
  virtiofsd=$(find_virtiofsd) || die "no virtiofsd (package virtiofsd or qemu-system-common)"
  image=$(find_kernel) || die "no kernel with its modules (package linux-image-cloud-amd64)"
  release=${image#* } image=${image% *}
  rm -f "$work"/*.sock
  serve root / ro
  for i in ${rw[@]+"${!rw[@]}"}; do serve "rw$i" "${rw[i]}" rw; done
  make_initrd || die "cannot make the initramfs"
  case $1 in
    kvm) args+=(-accel kvm); cpu=host;;
    tcg)
      args+=(-accel "tcg,thread=multi,tb-size=256")
      # For a machine that can only ever have one CPU QEMU leaves out the guest's memory barriers. But
      # virtiofsd reads and writes the guest's rings from another thread: a notification that one of the
      # two misses is never made up for, and every process in the guest waits for its files for ever.
      [ "$smp" != 1 ] || cpus=1,maxcpus=2;;
  esac
  options="console=ttyS0 quiet loglevel=4 panic=-1 nokaslr mitigations=off"
  options+=" random.trust_cpu=on tsc=reliable"
  args+=(
    -cpu "$cpu" -smp "$cpus" -m "$mem"
    -machine "pc,memory-backend=mem,usb=off,vmport=off"
    -object "memory-backend-memfd,id=mem,size=$mem,share=on"
    -no-user-config -nodefaults -display none -no-reboot
    -kernel "$image" -initrd "$work/initrd" -append "$options $append"
    -chardev "file,id=con,path=$work/console" -serial chardev:con
    -device virtio-rng-pci -device virtio-serial-pci
    -chardev "stdio,id=in,signal=off" -device "virtserialport,chardev=in,name=vmrun.in"
  )
  for port in out err rc; do
    args+=(-chardev "file,id=$port,path=$work/$port"
      -device "virtserialport,chardev=$port,name=vmrun.$port")
  done
  for d in root ${rw[@]+"${!rw[@]}"}; do
    [ "$d" = root ] || d=rw$d
    wait_sock "$d"
    args+=(-chardev "socket,id=fs$d,path=$work/$d.sock"
      -device "vhost-user-fs-pci,chardev=fs$d,tag=$d")
  done
  note "starting QEMU ($1, $release)"
  qemu-system-x86_64 "${args[@]}" > "$work/vm.log" 2>&1 <&5 &
  vmpid=$!
}
